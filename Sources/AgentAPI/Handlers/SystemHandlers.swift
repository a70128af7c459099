import AgentCore
import DeviceProtocol
import Values

/// What the device is and how full it is (system.md 4.3 to 4.5).
struct SystemHandlers: Sendable {
    let device: any DeviceContextSource
    let host: any HostFacts
    let version: String
    let isTunnelCapable: @Sendable () async -> Bool

    /// Answers from the device alone, at once; the keys about newer versions are left out when nothing is known of them
    /// (S-44).
    func agentMetadata() async -> DeviceReply {
        let platform = await host.platform()
        return DeviceReply([
            [
                "os": .string(platform.description), "OSVersion": .string(platform.description),
                "arch": .string(platform.architecture), "variant": .string(platform.variant),
                "version": .string(version), "serialNumber": .string(device.context.serialNumber),
                "canUpdate": true, "tunnelCapable": .bool(await isTunnelCapable()),
            ]
        ])
    }

    func storageData() async -> DeviceReply { DeviceReply([.object(await host.statistics())]) }

    /// One argument: the addresses under which people reach the device; null when there is none.
    func ipv4Addresses() async -> DeviceReply {
        let addresses = await host.addresses().filter { address in
            !address.isIPv6 && address.address != "127.0.0.1" && address.address != "0.0.0.0"
                && !address.interface.contains("docker")
        }
        let list = addresses.map { address -> Value in
            ["interfaceName": .string(address.interface), "ip": .string(address.address)]
        }
        return DeviceReply([list.isEmpty ? .null : .array(list)])
    }

    /// One argument per address of every interface.
    func networkMetadata() async -> DeviceReply {
        DeviceReply(
            await host.addresses().map { address in
                ["IP": .string(address.address), "Mask": .string(Base64.encode(address.mask))]
            })
    }
}

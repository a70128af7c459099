import AgentCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Under which address this machine is known in its own network (app-lifecycle.md 3.1, `DEVICE_LAN_IP`).
enum DefaultRoute {
    /// The source address that a packet to the internet would have. A datagram socket is connected, nothing is sent.
    static func sourceAddress() -> String? {
        #if canImport(Glibc)
            let kind = Int32(SOCK_DGRAM.rawValue)
        #else
            let kind = SOCK_DGRAM
        #endif
        let descriptor = socket(AF_INET, kind | Int32(O_CLOEXEC), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = UInt16(80).bigEndian
        target.sin_addr.s_addr = UInt32(0x0808_0808).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) == 0 }
        }
        guard isConnected else { return nil }
        var source = sockaddr_in()
        var length = size
        let isNamed = withUnsafeMutablePointer(to: &source) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
        }
        guard isNamed, source.sin_addr.s_addr != 0 else { return nil }
        return SocketAddress.text(of: withUnsafeBytes(of: source.sin_addr) { Array($0) })
    }

    /// Without a default route: the first address that is not the machine's own or a container network's.
    static func fallback(among addresses: [InterfaceAddress]) -> String? {
        addresses.first { address in
            !address.isIPv6 && !address.address.hasPrefix("127.") && !address.interface.contains("docker")
                && !address.interface.hasPrefix("veth") && !address.interface.hasPrefix("br-")
        }?.address
    }
}

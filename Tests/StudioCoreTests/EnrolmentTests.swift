import DeviceProtocol
import StudioCore
import Testing
import Values

@Suite("Enrolment")
struct EnrolmentTests {
    private static func device(_ name: String = "kiosk-1", seed: UInt64 = 7) throws -> Device {
        var random = SeededGenerator(seed: seed)
        return try Enrolment.device(name: name, key: 3, swarmKey: 2, using: &random)
    }

    @Test("a device gets a version-4 UUID as serial number and 256 random bits as secret")
    func serialAndSecret() throws {
        let device = try Self.device()
        #expect(
            device.serialNumber.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/)
                != nil)
        #expect(device.secret.wholeMatch(of: /[0-9a-f]{64}/) != nil)
        #expect(device.authID == "2-3")
        #expect(try device.secret != Self.device(seed: 8).secret)
    }

    @Test(
        "names that could leave a path or a host name are refused",
        arguments: ["", ".", "..", "a/b", "a b", "é", String(repeating: "x", count: 65)])
    func badNames(name: String) {
        #expect(throws: StudioError.self) { try Self.device(name) }
    }

    @Test("the identity file has the keys of system.md 8.2 in their order")
    func identityKeys() throws {
        let identity = Enrolment.identity(
            of: try Self.device(), swarmName: "default", ownerName: "owner", endpoint: "ws://127.0.0.1:8181/ws")
        #expect(
            identity.keys == [
                "name", "secret", "board", "status", "password", "wlanssid", "swarm_key", "device_key", "swarm_name",
                "description", "architecture", "serial_number", "authentication", "swarm_owner_name",
                "config_passphrase", "device_endpoint_url", "environment", "docker_registry_url",
                "docker_main_repository",
            ])
        #expect(identity["device_endpoint_url"] == "ws://127.0.0.1:8181/ws")
        #expect(identity["board"]?.object?.keys.first == "cpu")
    }
}

/// A small reproducible generator (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

public import Values

/// Makes new devices and the identity file that each one is given (system.md 8.2).
public enum Enrolment {
    /// Letters, digits and `- _ .`, 1 to 64 characters: the name becomes a host name and part of URLs.
    public static func check(name: String) throws(StudioError) {
        let isSafe = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isSafe, (1...64).contains(name.utf8.count), name != ".", name != ".." else {
            throw StudioError(
                .invalid, "a device name has 1 to 64 letters, digits, dots, dashes or underscores; got “\(name)”")
        }
    }

    /// A new device with a random serial number and secret.
    public static func device(
        name: String, key: UInt64, swarmKey: UInt64, using random: inout some RandomNumberGenerator
    ) throws(StudioError) -> Device {
        try check(name: name)
        return Device(
            key: key, swarmKey: swarmKey, name: name, serialNumber: uuid(using: &random),
            secret: hexadecimal(bytes: 32, using: &random))
    }

    /// The identity file's content, keys in the order of system.md 8.2.
    public static func identity(of device: Device, swarmName: String, ownerName: String, endpoint: String) -> Object {
        [
            "name": .string(device.name), "secret": .string(device.secret),
            "board": [
                "cpu": "", "docs": nil, "board": "", "model": "", "boardname": "", "modelname": "",
                "reflasher": false, "architecture": "",
            ],
            "status": "DISCONNECTED", "password": "", "wlanssid": "",
            "swarm_key": .integer(device.swarmKey), "device_key": .integer(device.key),
            "swarm_name": .string(swarmName), "description": "", "architecture": "",
            "serial_number": .string(device.serialNumber),
            "authentication": ["key": "", "certificate": ""],
            "swarm_owner_name": .string(ownerName), "config_passphrase": "",
            "device_endpoint_url": .string(endpoint), "environment": "local",
            "docker_registry_url": "localhost:5000/", "docker_main_repository": "apps/",
        ]
    }

    /// Lower-case hexadecimal digits of random bytes.
    public static func hexadecimal(bytes: Int, using random: inout some RandomNumberGenerator) -> String {
        (0..<bytes).map { _ in
            let byte = UInt8.random(in: .min ... .max, using: &random)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// A random UUID, version 4 (RFC 9562).
    private static func uuid(using random: inout some RandomNumberGenerator) -> String {
        var digits = Array(hexadecimal(bytes: 16, using: &random))
        digits[12] = "4"
        digits[16] = Array("89ab")[Int.random(in: 0..<4, using: &random)]
        return [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
            .map { String($0) }.joined(separator: "-")
    }
}

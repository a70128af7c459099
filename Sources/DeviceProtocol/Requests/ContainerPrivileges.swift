public import Values

/// What an app may do on its device when it asks for less than everything (P36): named capabilities and devices, not
/// `privileged`. The key `privileges` of the payload, ours (docs/wire.md).
public struct ContainerPrivileges: Sendable, Hashable {
    /// Linux capabilities added to the engine's default set, such as `NET_ADMIN`.
    public var capabilities: [String]
    /// Devices of the host that appear at the same path, such as `/dev/ttyS0`.
    public var devices: [String]

    public init(capabilities: [String] = [], devices: [String] = []) {
        self.capabilities = capabilities
        self.devices = devices
    }

    /// Reads `{"capabilities": [...], "devices": [...]}`; both lists may be absent.
    ///
    /// - Throws: for everything that is not quite of this form: what is not understood must never give more rights.
    public init(_ value: Value) throws(PayloadError) {
        guard let object = value.object else { throw PayloadError(.malformed, field: "privileges") }
        for key in object.keys where key != "capabilities" && key != "devices" {
            throw PayloadError(.malformed, field: "privileges.\(key)")
        }
        capabilities = try Self.texts(object, "capabilities") { $0.allSatisfy { $0.isLetter || $0 == "_" } }
        // `/dev/` itself would be every device.
        devices = try Self.texts(object, "devices") { device in
            device.hasPrefix("/dev/") && device.split(separator: "/").count > 1
                && !device.split(separator: "/").contains { $0 == "." || $0 == ".." }
        }
    }

    public var value: Value {
        [
            "capabilities": .array(capabilities.map { .string($0) }), "devices": .array(devices.map { .string($0) }),
        ]
    }

    private static func texts(
        _ object: Object, _ key: String, where isGood: (String) -> Bool
    ) throws(PayloadError) -> [String] {
        guard let value = object[key], !value.isNull else { return [] }
        guard let list = value.array else { throw PayloadError(.malformed, field: "privileges.\(key)") }
        var texts: [String] = []
        for entry in list {
            guard let text = entry.string, !text.isEmpty, isGood(text) else {
                throw PayloadError(.malformed, field: "privileges.\(key)")
            }
            texts.append(text)
        }
        return texts
    }
}

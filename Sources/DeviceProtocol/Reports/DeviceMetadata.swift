public import Values

/// The answer of `read_device_metadata` (system.md 0.2): what the backend wants the identity to say.
public struct DeviceMetadata: Sendable, Equatable {
    /// nil: not told, keep what is there.
    public var deviceName: String?
    public var swarmName: String?
    public var ownerName: String?
    public var swarmKey: UInt64?

    public init(
        deviceName: String? = nil, swarmName: String? = nil, ownerName: String? = nil, swarmKey: UInt64? = nil
    ) {
        self.deviceName = deviceName
        self.swarmName = swarmName
        self.ownerName = ownerName
        self.swarmKey = swarmKey
    }

    /// Reads the positional results. Absent, null and empty names are skipped; a `swarm_key` that is no positive integer
    /// in any shape is an error, so that nothing of a broken answer is applied.
    public init(results: [Value]) throws(PayloadError) {
        guard let object = results.first?.object else { throw PayloadError(.malformed, field: "device metadata") }
        let reader = PayloadReader(object)
        func name(_ key: String) throws(PayloadError) -> String? {
            try reader.text(key).flatMap { $0.isEmpty ? nil : $0 }
        }
        deviceName = try name("device_name")
        swarmName = try name("swarm_name")
        ownerName = try name("ownername")
        swarmKey = try reader.lenientNumber("swarm_key")
        if swarmKey == 0 { throw PayloadError(.malformed, field: "swarm_key") }
    }

    /// The dictionary that the backend answers.
    public var object: Object {
        var object: Object = [:]
        object["device_name"] = deviceName.map(Value.string)
        object["swarm_name"] = swarmName.map(Value.string)
        object["ownername"] = ownerName.map(Value.string)
        object["swarm_key"] = swarmKey.map(Value.integer)
        return object
    }
}

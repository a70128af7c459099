public import Values

/// The argument of `update_device_status`: at connect, and as the heartbeat (system.md 0.2).
public struct DeviceStatusReport: Sendable, Equatable {
    public var swarmKey: UInt64
    public var deviceKey: UInt64
    public var status: DeviceStatus
    public var sessionID: UInt64
    /// Keys of system.md 4.4.
    public var statistics: Object
    /// Absent until something knows whether tunnels work.
    public var tunnelCapable: Bool?

    public init(
        swarmKey: UInt64, deviceKey: UInt64, status: DeviceStatus, sessionID: UInt64, statistics: Object = [:],
        tunnelCapable: Bool? = nil
    ) {
        self.swarmKey = swarmKey
        self.deviceKey = deviceKey
        self.status = status
        self.sessionID = sessionID
        self.statistics = statistics
        self.tunnelCapable = tunnelCapable
    }

    public var object: Object {
        var object: Object = [
            "swarm_key": .integer(swarmKey), "device_key": .integer(deviceKey), "status": .string(status.rawValue),
            "wamp_session_id": .integer(sessionID), "stats": .object(statistics),
        ]
        object["tunnel_capable"] = tunnelCapable.map(Value.bool)
        return object
    }

    /// Decodes what a device reported.
    public init(_ object: Object) throws(PayloadError) {
        let reader = PayloadReader(object)
        guard let device = try reader.lenientNumber("device_key") else {
            throw PayloadError(.missing, field: "device_key")
        }
        guard let text = try reader.text("status") else { throw PayloadError(.missing, field: "status") }
        guard let status = DeviceStatus(rawValue: text) else { throw PayloadError(.malformed, field: "status") }
        self.init(
            swarmKey: try reader.lenientNumber("swarm_key") ?? 0, deviceKey: device, status: status,
            sessionID: try reader.lenientNumber("wamp_session_id") ?? 0,
            statistics: try reader.dictionary("stats")?.object ?? [:],
            tunnelCapable: try reader.bool("tunnel_capable"))
    }
}

/// The answer to a status report.
public struct StatusReply: Sendable, Equatable {
    /// `reswarmBaseURL`; nil when the backend does not tell, whatever shape its silence has (P60).
    public var platformURL: String?

    public init(platformURL: String?) { self.platformURL = platformURL }

    /// Reads the positional results; never fails, the reply is only a courtesy.
    public init(results: [Value]) {
        let text = results.first?["reswarmBaseURL"]?.string
        platformURL = text.flatMap { $0.isEmpty || $0 == "<nil>" ? nil : $0 }
    }

    /// The positional results of the backend.
    public var results: [Value] { [["reswarmBaseURL": platformURL.map(Value.string) ?? .null]] }
}

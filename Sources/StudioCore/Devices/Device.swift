public import DeviceProtocol

/// A device that was enrolled, and what it last told.
public struct Device: Sendable, Equatable {
    public var key: UInt64
    public var swarmKey: UInt64
    public var name: String
    public var serialNumber: String
    /// The device's WAMP-CRA secret. It leaves the registry only in the identity file and towards the router.
    public var secret: String
    public var status: DeviceStatus
    /// Router session of the last status report; tells a late testament from a current one.
    public var sessionID: UInt64?
    public var architecture: String
    public var operatingSystem: String
    public var agentVersion: String
    /// RFC 3339, UTC, of the last status report; empty when the device never reported.
    public var lastSeen: String

    public init(
        key: UInt64, swarmKey: UInt64, name: String, serialNumber: String, secret: String,
        status: DeviceStatus = .disconnected, sessionID: UInt64? = nil, architecture: String = "",
        operatingSystem: String = "", agentVersion: String = "", lastSeen: String = ""
    ) {
        self.key = key
        self.swarmKey = swarmKey
        self.name = name
        self.serialNumber = serialNumber
        self.secret = secret
        self.status = status
        self.sessionID = sessionID
        self.architecture = architecture
        self.operatingSystem = operatingSystem
        self.agentVersion = agentVersion
        self.lastSeen = lastSeen
    }

    /// The identity that the device joins the router with (system.md 8.5).
    public var authID: String { "\(swarmKey)-\(key)" }
}

/// What kind of account a session of the studio's own router has: by name and role together, so that a role given by
/// mistake opens nothing.
public enum RouterAccount: Sendable, Equatable {
    /// The studio itself.
    case system
    /// A person's commands.
    case `operator`
    /// A device: `<swarm key>-<device key>` (system.md 8.5).
    case device(swarmKey: UInt64, key: UInt64)
    /// Everybody else.
    case nobody

    public static let systemID = "system"
    public static let systemRole = "backend"
    public static let operatorID = "operator"
    public static let operatorRole = "operator"
    public static let deviceRole = "device"

    public init(authID: String, role: String) {
        switch (authID, role) {
        case (Self.systemID, Self.systemRole): self = .system
        case (Self.operatorID, Self.operatorRole): self = .operator
        case (_, Self.deviceRole):
            self = Caller.keys(ofDevice: authID).map { .device(swarmKey: $0.swarm, key: $0.key) } ?? .nobody
        default: self = .nobody
        }
    }
}

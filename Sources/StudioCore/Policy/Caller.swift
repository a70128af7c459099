/// Who calls the studio, read from the router's disclosure.
public enum Caller: Sendable, Equatable {
    /// The studio itself or its command line, joined as `system`.
    case system
    /// A device: `<swarm key>-<device key>`.
    case device(swarmKey: UInt64, key: UInt64)
    /// Anybody else, or a router that does not disclose callers.
    case stranger

    public init(authID: String?) {
        guard let authID else {
            self = .stranger
            return
        }
        if authID == "system" {
            self = .system
            return
        }
        let parts = authID.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 2, let swarm = UInt64(parts[0]), let key = UInt64(parts[1]) {
            self = .device(swarmKey: swarm, key: key)
        } else {
            self = .stranger
        }
    }

    /// Operator procedures are for the command line alone: a device must never enrol or command another one.
    public func requireOperator() throws(StudioError) {
        guard self == .system else { throw StudioError(.notAllowed, "only an operator may do that") }
    }

    /// A device speaks for itself alone.
    public func requireDevice(_ key: UInt64) throws(StudioError) {
        switch self {
        case .system: return
        case .device(_, let own) where own == key: return
        default: throw StudioError(.notAllowed, "only device \(key) itself may do that")
        }
    }
}

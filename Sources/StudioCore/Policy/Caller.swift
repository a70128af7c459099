/// Who calls the studio, read from the router's disclosure.
public enum Caller: Sendable, Equatable {
    /// The router's own service: the only one that may ask for the secret of a device.
    case router
    /// The studio itself; on a router of somebody else also its command line. Joined as `system`.
    case system
    /// The command line on the studio's own router.
    case `operator`
    /// A device: `<swarm key>-<device key>`.
    case device(swarmKey: UInt64, key: UInt64)
    /// Anybody else, or a router that does not disclose callers.
    case stranger

    /// - Parameters:
    ///   - authID: as disclosed.
    ///   - role: as disclosed. Crossbar's own sessions have the role `trusted`, which it gives to no client.
    ///   - isForwarded: whether the message claims to come by way of another router. Crossbar 26.10 discloses whatever
    ///     a client writes into the option `forward_for` of its call, any name and any role; this studio has one
    ///     router, so nothing is ever forwarded to it and such a caller is a stranger.
    public init(authID: String?, role: String? = nil, isForwarded: Bool = false) {
        guard !isForwarded else {
            self = .stranger
            return
        }
        if role == "trusted" {
            self = .router
        } else if authID == RouterAccount.systemID {
            self = .system
        } else if authID == RouterAccount.operatorID, role == RouterAccount.operatorRole {
            self = .operator
        } else if let authID, let (swarm, key) = Self.keys(ofDevice: authID) {
            self = .device(swarmKey: swarm, key: key)
        } else {
            self = .stranger
        }
    }

    /// The two keys of a device's router identity; nil for every other identity (system.md 8.5).
    public static func keys(ofDevice authID: String) -> (swarm: UInt64, key: UInt64)? {
        let parts = authID.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let swarm = number(parts[0]), let key = number(parts[1]) else { return nil }
        return (swarm, key)
    }

    /// Digits only: `+3` and `03` are not the number 3, or one device would have many identities.
    private static func number(_ text: Substring) -> UInt64? {
        guard let number = UInt64(text), String(number) == text else { return nil }
        return number
    }

    /// Secrets are told to the router alone: anybody else who got one could join as that device.
    public func requireRouter() throws(StudioError) {
        guard self == .router else { throw StudioError(.notAllowed, "only the router may do that") }
    }

    /// Operator procedures are for the command line alone: a device must never enrol or command another one.
    public func requireOperator() throws(StudioError) {
        guard self == .system || self == .operator else {
            throw StudioError(.notAllowed, "only an operator may do that")
        }
    }

    /// A device speaks for itself alone. The studio may look with its eyes.
    public func requireDevice(_ key: UInt64, ofSwarm swarmKey: UInt64) throws(StudioError) {
        switch self {
        case .system: return
        case .device(swarmKey, key): return
        default: throw StudioError(.notAllowed, "only device \(key) itself may do that")
        }
    }

    /// The key of the device that calls.
    public func requireAnyDevice(ofSwarm swarmKey: UInt64) throws(StudioError) -> UInt64 {
        guard case .device(swarmKey, let key) = self else {
            throw StudioError(.notAllowed, "only a device may do that")
        }
        return key
    }
}

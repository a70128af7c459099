import DeviceProtocol

/// Who may do what on the studio's own router (wamp-protocol.md 11).
///
/// Pure: the identity and the devices' serial numbers come from outside. It looks at names alone; what a call is about
/// stands in its arguments, and the studio's procedures check that themselves (``Caller``). Whatever is not named here is
/// refused.
public struct RouterPolicy: Sendable {
    /// What a session wants to do.
    public enum Verb: String, Sendable, CaseIterable { case call, register, publish, subscribe }

    /// How the name of a registration or subscription is compared; everything else is exact.
    public enum Match: String, Sendable, CaseIterable { case exact, prefix, wildcard }

    public enum Decision: Sendable, Equatable {
        case allowed
        /// With a sentence for the log; the session is told no more than that it may not.
        case denied(String)

        public var isAllowed: Bool { self == .allowed }
    }

    /// The project of this router's devices.
    public var swarmKey: UInt64

    public init(swarmKey: UInt64) { self.swarmKey = swarmKey }

    /// - Parameters:
    ///   - serial: the serial number of the device with a key; nil for one that is not enrolled.
    public func decision(
        _ verb: Verb, _ uri: String, match: Match = .exact, by account: RouterAccount, serial: (UInt64) -> String?
    ) -> Decision {
        switch account {
        case .device(swarmKey, let key):
            guard let serial = serial(key) else { return .denied("device \(key) is not enrolled") }
            guard let names = DeviceNames(serial: serial) else {
                return .denied("the serial number of device \(key) is no single part of a name")
            }
            return Self.forDevice(verb, uri, match, names)
        case .device(let swarm, _): return .denied("project \(swarm) is not served here")
        case .operator: return Self.forOperator(verb, uri, match)
        case .system: return Self.forSystem(verb, uri, match)
        case .nobody: return .denied("this identity may do nothing")
        }
    }

    // MARK: The three accounts

    private static func forDevice(_ verb: Verb, _ uri: String, _ match: Match, _ own: DeviceNames) -> Decision {
        switch verb {
        case .register:
            guard match == .exact else { return .denied("a device registers no patterns") }
            return own.ownsProcedure(uri) ? .allowed : .denied("a device registers its own procedures alone")
        case .call:
            return RouterNames.callableByDevices.contains(uri)
                ? .allowed : .denied("a device calls the backend and no other device")
        case .publish:
            let isOwn = own.ownsTopic(uri, match: .exact) || RouterNames.testaments.contains(uri)
            return isOwn ? .allowed : .denied("a device publishes on its own topics alone")
        case .subscribe:
            let isMeta = match == .exact && RouterNames.metaTopicsOfDevices.contains(uri)
            return isMeta || own.ownsTopic(uri, match: match)
                ? .allowed : .denied("a device hears its own topics alone")
        }
    }

    private static func forOperator(_ verb: Verb, _ uri: String, _ match: Match) -> Decision {
        switch verb {
        case .call:
            return RouterNames.isStudioProcedure(uri) && uri != RouterNames.authenticate
                ? .allowed : .denied("an operator calls the studio alone")
        case .subscribe:
            return RouterNames.isForOperators(topic: uri, match: match)
                ? .allowed : .denied("an operator hears changes and logs alone")
        case .register, .publish: return .denied("an operator asks and listens")
        }
    }

    private static func forSystem(_ verb: Verb, _ uri: String, _ match: Match) -> Decision {
        if verb == .subscribe, match == .prefix, uri == Topics.sessionPrefix { return .allowed }
        guard match == .exact else { return .denied("the studio uses no other pattern") }
        let isAllowed =
            switch verb {
            case .register: RouterNames.servedProcedures.contains(uri) || RouterNames.isStudioProcedure(uri)
            case .call: RouterNames.isDeviceProcedure(uri) || RouterNames.callableBySystem.contains(uri)
            case .publish: uri == RouterNames.changes
            case .subscribe: RouterNames.topicsOfSystem.contains(uri)
            }
        return isAllowed ? .allowed : .denied("the studio does not need that")
    }
}

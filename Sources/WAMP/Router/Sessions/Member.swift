import Values

/// What a realm keeps of one session. Most of it is empty, and owns no memory, while the session is idle.
struct Member: Sendable {
    let identity: SessionIdentity
    let features: PeerFeatures
    /// The last request number, for realms that are strict about them.
    var lastRequest = RequestSequence()
    /// Counted per session from 1: a client takes a number that is not greater than the last one for a part of a
    /// call that it knows (wamp-protocol.md 2.1, 13).
    var invocationNumbers = RequestSequence()
    var subscriptions = IDSet()
    var registrations = IDSet()
    /// As caller, by request.
    var calls: [UInt64: PendingCall] = [:]
    /// As callee, by invocation.
    var invocations: [UInt64: CallKey] = [:]
    /// A progressive call that was refused and whose further parts may be under way (8.4).
    var refusedCall: UInt64?
    var testaments: [Testament] = []
    private var disclosureToCallees: Object?
    private var disclosureToSubscribers: Object?

    init(_ identity: SessionIdentity, features: PeerFeatures) {
        self.identity = identity
        self.features = features
    }

    /// Who calls, for an INVOCATION. Kept after the first use.
    mutating func asCaller() -> Object {
        let details = disclosureToCallees ?? disclosure("caller")
        disclosureToCallees = details
        return details
    }

    /// Who publishes, for an EVENT. Kept after the first use.
    mutating func asPublisher() -> Object {
        let details = disclosureToSubscribers ?? disclosure("publisher")
        disclosureToSubscribers = details
        return details
    }

    private func disclosure(_ role: String) -> Object {
        [
            role: .integer(identity.session), role + "_authid": .string(identity.authID),
            role + "_authrole": .string(identity.authRole),
        ]
    }
}

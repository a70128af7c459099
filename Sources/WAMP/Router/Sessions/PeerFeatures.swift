import Values

/// The announcements of a client that the router acts on (wamp-protocol.md 3.2).
struct PeerFeatures: OptionSet, Sendable, Hashable {
    let rawValue: UInt8

    static let callCanceling = PeerFeatures(rawValue: 1 << 0)
    static let callTimeout = PeerFeatures(rawValue: 1 << 1)
    static let progressiveResults = PeerFeatures(rawValue: 1 << 2)
    /// Of the caller; the dealer does not have it, but the answer depends on it (8.4).
    static let progressiveInvocations = PeerFeatures(rawValue: 1 << 3)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The announcements in the details of HELLO, whose shape ``HelloDetails`` has checked.
    init(hello: Object) {
        self = []
        let callee = hello["roles"]?["callee"]?["features"]?.object ?? [:]
        let caller = hello["roles"]?["caller"]?["features"]?.object ?? [:]
        if callee.flag("call_canceling") { insert(.callCanceling) }
        if callee.flag("call_timeout") { insert(.callTimeout) }
        if callee.flag("progressive_call_results") { insert(.progressiveResults) }
        if caller.flag("progressive_call_invocations") { insert(.progressiveInvocations) }
    }
}

/// What a session may be allowed to do with a URI (wamp-protocol.md 11).
public enum RouterVerb: String, Sendable, Hashable, CaseIterable {
    case call
    case register
    case publish
    case subscribe
}

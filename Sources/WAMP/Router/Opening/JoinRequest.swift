public import Values

/// What a client asks for in HELLO, to be judged by the authenticator.
public struct JoinRequest: Sendable, Hashable {
    public let realm: String
    /// The identity that is claimed, not proven; nil when none is.
    public let authID: String?
    /// In the client's order of preference; `anonymous` when HELLO names none.
    public let authMethods: [String]
    public let authExtra: Object
    /// The client's own text about its library.
    public let agent: String?
    public let peer: PeerAddress

    /// A request as HELLO and the transport tell it.
    public init(
        realm: String, authID: String?, authMethods: [String], authExtra: Object = [:], agent: String? = nil,
        peer: PeerAddress
    ) {
        self.realm = realm
        self.authID = authID
        self.authMethods = authMethods
        self.authExtra = authExtra
        self.agent = agent
        self.peer = peer
    }
}

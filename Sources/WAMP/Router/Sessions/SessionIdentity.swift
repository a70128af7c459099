public import Values

/// Who a joined session is: the router's word, given in WELCOME and by the session meta API.
public struct SessionIdentity: Sendable, Hashable {
    /// The session's number, 1…2^53.
    public let session: UInt64
    public let realm: String
    public let authID: String
    public let authRole: String
    /// How the identity was proven: `anonymous`, `peer`, `ticket` or `wampcra`.
    public let authMethod: String
    /// Who keeps the accounts.
    public let authProvider: String
    /// How the session reaches the router, as `wamp.session.get` shows it.
    public let transport: Object
    /// The client's own text about its library, nil when it sent none.
    public let agent: String?

    /// An identity as the opening found it.
    public init(
        session: UInt64, realm: String, authID: String, authRole: String, authMethod: String, authProvider: String,
        transport: Object = [:], agent: String? = nil
    ) {
        self.session = session
        self.realm = realm
        self.authID = authID
        self.authRole = authRole
        self.authMethod = authMethod
        self.authProvider = authProvider
        self.transport = transport
        self.agent = agent
    }
}

/// What the opening of sessions is bound to.
public struct OpeningOptions: Sendable, Hashable {
    /// The realms that there are.
    public var realms: Set<String>
    /// From the transport's opening to HELLO (wamp-protocol.md 3.1).
    public var helloTimeout: Duration
    /// From HELLO to the authenticator's word, and from CHALLENGE to AUTHENTICATE.
    public var authenticateTimeout: Duration
    /// What WELCOME says about the router's software.
    public var agent: String
    /// The role and the provider that the challenge names to a client whose account does not exist. Set them to those
    /// of the accounts that are to be indistinguishable from unknown ones.
    public var unknownRole: String
    public var unknownProvider: String

    /// Options with the decided times.
    public init(
        realms: Set<String>, helloTimeout: Duration = .seconds(5), authenticateTimeout: Duration = .seconds(10),
        agent: String = "reagent-router", unknownRole: String = "device", unknownProvider: String = "dynamic"
    ) {
        self.realms = realms
        self.helloTimeout = helloTimeout
        self.authenticateTimeout = authenticateTimeout
        self.agent = agent
        self.unknownRole = unknownRole
        self.unknownProvider = unknownProvider
    }
}

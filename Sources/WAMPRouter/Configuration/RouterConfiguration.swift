public import WAMP

/// What a router serves, and its limits.
public struct RouterConfiguration: Sendable {
    /// Names that autobahn's clients accept too: three characters at least (wamp-protocol.md 2.2).
    public var realms: [String]
    public var listeners: [RouterListener]
    /// Paths that are served besides `/`.
    public var paths: [String]
    /// Origins that browsers may come from, besides the router's own host; `*` stands for any.
    public var allowedOrigins: [String]
    /// Bytes of the largest message in either direction.
    public var maxMessageSize: Int
    public var outbound: OutboundLimit
    public var joinLimit: JoinLimit
    /// Time between two pings to a session; nil sends none. A peer of which two intervals heard nothing is dropped.
    public var pingInterval: Duration?
    /// From the opening of a transport to HELLO.
    public var helloTimeout: Duration
    /// From HELLO to the authenticator's word, and from CHALLENGE to AUTHENTICATE.
    public var authenticateTimeout: Duration
    /// How long a transport stays open after GOODBYE, for a new HELLO or for the client's own close.
    public var goodbyeGrace: Duration
    /// How long the end of the router waits for its clients.
    public var drainTimeout: Duration
    /// Sessions at the same time.
    public var maxSessions: Int
    /// Connections at the same time that have not joined.
    public var maxUnjoined: Int
    /// Questions to the authenticator at the same time.
    public var maxAuthentications: Int
    public var realmOptions: RealmOptions
    /// What WELCOME says about the router's software.
    public var agent: String
    /// What the challenge tells a client whose account does not exist: see ``OpeningOptions``.
    public var unknownRole: String
    public var unknownProvider: String

    public init(
        realms: [String], listeners: [RouterListener], paths: [String] = ["/ws"], allowedOrigins: [String] = [],
        maxMessageSize: Int = 16 * 1024 * 1024, outbound: OutboundLimit = OutboundLimit(),
        joinLimit: JoinLimit = JoinLimit(), pingInterval: Duration? = .seconds(10),
        helloTimeout: Duration = .seconds(5), authenticateTimeout: Duration = .seconds(10),
        goodbyeGrace: Duration = .seconds(1), drainTimeout: Duration = .seconds(5), maxSessions: Int = 20_000,
        maxUnjoined: Int = 2_000, maxAuthentications: Int = 64, realmOptions: RealmOptions = RealmOptions(),
        agent: String = "reagent-router", unknownRole: String = "device", unknownProvider: String = "dynamic"
    ) {
        self.realms = realms
        self.listeners = listeners
        self.paths = paths
        self.allowedOrigins = allowedOrigins
        self.maxMessageSize = maxMessageSize
        self.outbound = outbound
        self.joinLimit = joinLimit
        self.pingInterval = pingInterval
        self.helloTimeout = helloTimeout
        self.authenticateTimeout = authenticateTimeout
        self.goodbyeGrace = goodbyeGrace
        self.drainTimeout = drainTimeout
        self.maxSessions = maxSessions
        self.maxUnjoined = maxUnjoined
        self.maxAuthentications = maxAuthentications
        self.realmOptions = realmOptions
        self.agent = agent
        self.unknownRole = unknownRole
        self.unknownProvider = unknownProvider
    }

    /// How exact the times above are kept: one scan of all connections serves them.
    var scanInterval: Duration {
        let shortest =
            [pingInterval, helloTimeout, authenticateTimeout, goodbyeGrace, outbound.grace].compactMap { $0 }
            .min() ?? .seconds(1)
        return min(max(shortest / 4, .milliseconds(10)), .milliseconds(250))
    }

    func opening(helloTimeout: Duration) -> OpeningOptions {
        OpeningOptions(
            realms: Set(realms), helloTimeout: helloTimeout, authenticateTimeout: authenticateTimeout, agent: agent,
            unknownRole: unknownRole, unknownProvider: unknownProvider)
    }
}

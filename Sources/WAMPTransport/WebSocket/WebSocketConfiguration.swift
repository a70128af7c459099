/// Whose certificates a `wss` server may show.
public enum WebSocketTrustRoots: Sendable, Hashable {
    /// The system's store.
    case system
    /// Only the certificates of this PEM text.
    case pem([UInt8])
}

/// Limits and times of a WebSocket connection.
public struct WebSocketConfiguration: Sendable {
    /// Bounds name resolution, TCP, proxy, TLS and upgrade together.
    public var connectTimeout: Duration
    /// Time between two own pings; nil sends none. The peer is dead after two intervals without any byte.
    public var pingInterval: Duration?
    /// How long a close frame or an unsent rest may hold the connection.
    public var closeTimeout: Duration
    /// Bytes of the largest message taken, fragments put together.
    public var maxMessageSize: Int
    /// Where the proxy variables are read: see ``ProxyEnvironment``.
    public var environment: [String: String]
    public var trustRoots: WebSocketTrustRoots
    /// The value of the `User-Agent` header.
    public var userAgent: String

    public init(
        connectTimeout: Duration = .milliseconds(1250), pingInterval: Duration? = .seconds(5),
        closeTimeout: Duration = .seconds(1), maxMessageSize: Int = 16 * 1024 * 1024,
        environment: [String: String] = [:], trustRoots: WebSocketTrustRoots = .system, userAgent: String = "reagent"
    ) {
        self.connectTimeout = connectTimeout
        self.pingInterval = pingInterval
        self.closeTimeout = closeTimeout
        self.maxMessageSize = maxMessageSize
        self.environment = environment
        self.trustRoots = trustRoots
        self.userAgent = userAgent
    }
}

/// What a WebSocket server serves, and its limits.
public struct WebSocketServerConfiguration: Sendable {
    /// Paths that are served, without query; everything else is answered 404.
    public var paths: [String]
    /// What the server speaks. The client's order of preference decides (wamp-protocol.md 5.1).
    public var subprotocols: [String]
    /// Origins that browsers may come from, besides the server's own host, as `https://host[:port]`; `*` stands for
    /// any. Clients that are no browsers send none, and that is always fine.
    public var allowedOrigins: [String]
    /// Bytes of the largest message taken, fragments put together.
    public var maxMessageSize: Int
    /// Bounds TLS and the opening handshake together.
    public var openingTimeout: Duration
    /// How long a close frame or an unsent rest may hold the connection.
    public var closeTimeout: Duration
    /// Connections of one listener that may be in their opening at the same time; more are answered 503.
    public var maxOpening: Int

    public init(
        paths: [String] = ["/ws", "/"], subprotocols: [String], allowedOrigins: [String] = [],
        maxMessageSize: Int = 16 * 1024 * 1024, openingTimeout: Duration = .seconds(5),
        closeTimeout: Duration = .seconds(1), maxOpening: Int = 1024
    ) {
        self.paths = paths
        self.subprotocols = subprotocols
        self.allowedOrigins = allowedOrigins
        self.maxMessageSize = maxMessageSize
        self.openingTimeout = openingTimeout
        self.closeTimeout = closeTimeout
        self.maxOpening = maxOpening
    }
}

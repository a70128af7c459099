public import WAMP
public import WAMPTransport

/// Which way a message went.
public enum MessageDirection: String, Sendable, Hashable {
    case received
    case sent
}

/// Where a client connects, who it is, and how long it waits.
public struct WAMPClientConfiguration: Sendable {
    /// `ws` or `wss` URL of the router.
    public var url: String
    public var realm: String
    public var authentication: Authentication
    /// Bounds one whole attempt: name, TCP, proxy, TLS, upgrade and the WAMP handshake together.
    public var connectTimeout: Duration
    /// Bounds every acknowledgement: REGISTERED, SUBSCRIBED, PUBLISHED and their opposites.
    public var responseTimeout: Duration
    /// Time between two WebSocket pings; nil sends none. Two unanswered ones end the session.
    public var pingInterval: Duration?
    /// Bytes of the largest message taken from the router.
    public var maxMessageSize: Int
    /// Where the proxy variables are read.
    public var environment: [String: String]
    public var trustRoots: WebSocketTrustRoots
    /// Handlers that run at the same time; further invocations wait in their order.
    public var maxConcurrentInvocations: Int
    /// Invocations that wait at most; further ones are answered `wamp.error.unavailable`.
    public var maxWaitingInvocations: Int
    /// Sees every message as JSON text, for debugging: without what proves an identity, cut at 1 KiB. Runs on the
    /// event loop: it must be quick.
    public var onMessage: (@Sendable (MessageDirection, String) -> Void)?

    public init(
        url: String, realm: String, authentication: Authentication, connectTimeout: Duration = .milliseconds(1250),
        responseTimeout: Duration = .seconds(7), pingInterval: Duration? = .seconds(5),
        maxMessageSize: Int = 16 * 1024 * 1024, environment: [String: String] = [:],
        trustRoots: WebSocketTrustRoots = .system, maxConcurrentInvocations: Int = 64,
        maxWaitingInvocations: Int = 4096, onMessage: (@Sendable (MessageDirection, String) -> Void)? = nil
    ) {
        self.url = url
        self.realm = realm
        self.authentication = authentication
        self.connectTimeout = connectTimeout
        self.responseTimeout = responseTimeout
        self.pingInterval = pingInterval
        self.maxMessageSize = maxMessageSize
        self.environment = environment
        self.trustRoots = trustRoots
        self.maxConcurrentInvocations = maxConcurrentInvocations
        self.maxWaitingInvocations = maxWaitingInvocations
        self.onMessage = onMessage
    }

    /// How long GOODBYE waits for its answer: the end is clean without it (wamp-protocol.md 3.3).
    var leaveTimeout: Duration { min(responseTimeout, .seconds(2)) }

    var webSocket: WebSocketConfiguration {
        WebSocketConfiguration(
            connectTimeout: connectTimeout, pingInterval: pingInterval, maxMessageSize: maxMessageSize,
            environment: environment, trustRoots: trustRoots)
    }
}

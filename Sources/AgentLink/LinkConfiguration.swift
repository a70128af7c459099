import WAMP
public import WAMPClient

/// How the link behaves; from the command line (system.md 1.2) and appendix A.
public struct LinkConfiguration: Sendable {
    public var realm = "realm1"
    /// Limit of one whole connection attempt; zero: none.
    public var connectTimeout: Duration
    /// Zero: the client's own limit.
    public var responseTimeout: Duration
    /// nil: no keep-alive.
    public var pingInterval: Duration?
    /// Proxy variables.
    public var environment: [String: String]
    public var agentVersion: String
    public var heartbeatInterval: Duration = .seconds(30)
    /// Failed heartbeats in a row after which the session is given up.
    public var heartbeatFailures = 2
    /// Every message in and out, secrets and long payloads cut (`-debugMessaging`).
    public var onMessage: (@Sendable (MessageDirection, String) -> Void)?

    public init(
        connectTimeout: Duration, responseTimeout: Duration, pingInterval: Duration?, environment: [String: String],
        agentVersion: String, onMessage: (@Sendable (MessageDirection, String) -> Void)? = nil
    ) {
        self.connectTimeout = connectTimeout
        self.responseTimeout = responseTimeout
        self.pingInterval = pingInterval
        self.environment = environment
        self.agentVersion = agentVersion
        self.onMessage = onMessage
    }

    /// As good as no limit, and short enough to be added to any time.
    private static let unlimited: Duration = .seconds(365 * 86_400)

    func client(for credentials: LinkCredentials) -> WAMPClientConfiguration {
        var client = WAMPClientConfiguration(
            url: credentials.url, realm: realm,
            authentication: .wampcra(authID: credentials.authID, secret: credentials.secret),
            connectTimeout: connectTimeout == .zero ? Self.unlimited : connectTimeout, pingInterval: pingInterval,
            environment: environment)
        if responseTimeout != .zero { client.responseTimeout = responseTimeout }
        if let onMessage {
            let redaction = MessageRedaction()
            client.onMessage = { direction, text in onMessage(direction, redaction.clean(text)) }
        }
        return client
    }
}

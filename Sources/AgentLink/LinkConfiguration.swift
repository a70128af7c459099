import WAMP
public import WAMPClient

/// How the link behaves; from the command line (system.md 1.2) and appendix A.
public struct LinkConfiguration: Sendable {
    public var realm = "realm1"
    /// Limit of one whole connection attempt.
    public var connectTimeout: Duration
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

    func client(for credentials: LinkCredentials) -> WAMPClientConfiguration {
        WAMPClientConfiguration(
            url: credentials.url, realm: realm,
            authentication: .wampcra(authID: credentials.authID, secret: credentials.secret),
            connectTimeout: connectTimeout, responseTimeout: responseTimeout, pingInterval: pingInterval,
            environment: environment, onMessage: onMessage)
    }
}

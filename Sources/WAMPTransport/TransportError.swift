/// Why a WebSocket connection could not be opened, or why it ended.
///
/// The message is a sentence for people. It never holds a credential of a proxy.
public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    public enum Code: Sendable, Hashable {
        /// The address is not a usable `ws` or `wss` URL.
        case invalidURL
        /// The proxy variables of the environment cannot be used.
        case invalidProxy
        /// The name did not resolve or no address accepted the connection.
        case unreachable
        /// The bound on the whole opening expired.
        case timedOut
        /// The TLS handshake failed or the certificate was not accepted.
        case tls
        /// The proxy refused to connect.
        case proxyRefused
        /// The server did not switch to WebSocket, or not as asked.
        case upgradeRefused
        /// The peer broke RFC 6455 (close code 1002).
        case protocolViolation
        /// A text message was not UTF-8 (close code 1007).
        case invalidText
        /// A message was larger than the configured limit (close code 1009).
        case messageTooBig
        /// Two pings in a row were answered by nothing at all.
        case peerUnresponsive
        /// The peer sent a close frame; the code is absent when the frame carried none.
        case closedByPeer(UInt16?)
        /// The connection ended without a close frame.
        case reset
        /// This side closed the connection.
        case closed
        /// The task that was opening the connection was cancelled.
        case cancelled
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

public import Values

/// The backend on the other side of the link. Calls are bounded to 10 s each (system.md appendix B).
public protocol Backend: Sendable {
    /// Calls a procedure and returns its positional results.
    func call(_ procedure: String, _ arguments: [Value]) async throws(BackendError) -> [Value]
}

/// Why a call to the backend gave no result.
public struct BackendError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// There is no session now.
        case notConnected
        case timedOut
        /// The backend or router answered an error; its URI.
        case refused(String)
        /// The answer has another shape than the protocol says.
        case malformed
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

/// Who listens to a topic, and the way to them. Publishing never fails and never waits (C-62, P19).
public protocol Audience: Sendable {
    /// Publishes one argument without acknowledgement; dropped while there is no session.
    func publish(_ argument: Value, to topic: String) async

    /// Ids of the subscriptions that a topic would reach: `wamp.subscription.match`, decoded as 3.4 says.
    func subscriptions(matching topic: String) async throws(BackendError) -> [UInt64]
}

/// Why the container engine, or the way to it, did not do what it was asked (containers-logs-terminal.md 1.5).
public struct DockerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds that callers tell apart.
    public enum Code: Sendable, Equatable {
        case containerNotFound
        case imageNotFound
        /// Any other 404: an exec instance, a network, a path that this engine does not know.
        case notFound
        case nameInUse
        case removalInProgress
        /// With the host port, when the engine's text names it.
        case portConflict(UInt16?)
        /// An image that a container uses cannot be removed.
        case imageInUse
        case conflict
        /// Exec on a stopped or paused container.
        case notRunning
        case gpuUnavailable
        case unauthorized
        case forbidden
        /// Retryable: the registry could not be reached.
        case registryUnreachable
        case noSpace
        /// The log driver keeps nothing that could be read (501).
        case logsNotReadable
        /// The engine does not speak the version that it was asked in.
        case versionRefused
        /// A stream ended before its end, or before the proof that its work is done (C-9).
        case truncated
        /// Retryable: the engine does not answer.
        case unavailable
        case timedOut
        /// The caller's task was cancelled.
        case canceled
        /// The engine answered something that is not in its protocol, or more than the limits allow.
        case malformed
        /// Anything else; ``status`` tells the class.
        case refused
    }

    public var code: Code
    /// HTTP status of the answer; nil when there was none or when the error came inside a stream.
    public var status: UInt?
    /// The engine's own sentence, or ours when it gave none. Never holds credentials.
    public var message: String

    public init(_ code: Code, status: UInt? = nil, _ message: String) {
        self.code = code
        self.status = status
        self.message = message
    }

    public var description: String { message }

    /// Whether trying again later, without any change, may succeed.
    public var isRetryable: Bool {
        switch code {
        case .unavailable, .timedOut, .registryUnreachable, .truncated: true
        default: false
        }
    }
}

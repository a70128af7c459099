/// Why the container engine did not do what it was asked (containers-logs-terminal.md 1.5).
public struct EngineError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds that the domain tells apart.
    public enum Code: Sendable, Equatable {
        case containerNotFound
        case imageNotFound
        case nameInUse
        case removalInProgress
        /// With the host port, when the engine's text names it.
        case portConflict(UInt16?)
        case conflict
        case notRunning
        case gpuUnavailable
        case unauthorized
        case forbidden
        /// Retryable: the registry could not be reached.
        case registryUnreachable
        case noSpace
        case logsNotReadable
        /// A stream ended before the proof of completion (C-9).
        case truncated
        /// Retryable: the engine itself does not answer.
        case unavailable
        case timedOut
        case canceled
        case refused
    }

    public var code: Code
    /// One sentence: the engine's message, or ours when it gave none.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
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

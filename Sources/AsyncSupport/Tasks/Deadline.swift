/// The body did not end in time.
public struct DeadlineExceeded: Error, Sendable, Equatable, CustomStringConvertible {
    /// The time that it was given.
    public var limit: Duration

    public init(limit: Duration) { self.limit = limit }

    public var description: String { "not done within \(limit)" }
}

/// Runs the body for at most the given time.
///
/// When the time is over, the body is cancelled, its end is awaited, and its late result is dropped; so a body that
/// ignores cancellation delays the return.
/// - Throws: ``DeadlineExceeded``, or whatever the body throws.
public func withDeadline<R: Sendable>(
    _ limit: Duration, on time: any TimeSource, _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
    return try await withThrowingTaskGroup(of: DeadlineEvent<R>.self) { group in
        group.addTask { .ended(try await body()) }
        group.addTask {
            do { try await time.sleep(for: limit) } catch { return .timerCancelled }
            return .expired
        }
        defer { group.cancelAll() }
        while let event = try await group.next() {
            switch event {
            case .ended(let value): return value
            case .expired: throw DeadlineExceeded(limit: limit)
            case .timerCancelled: continue
            }
        }
        throw CancellationError()
    }
}

private enum DeadlineEvent<R: Sendable>: Sendable {
    case ended(R)
    case expired
    /// Our own task is cancelled. The body knows that too and still decides the outcome.
    case timerCancelled
}

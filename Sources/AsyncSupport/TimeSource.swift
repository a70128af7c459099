/// Monotonic time, wall time and sleeping, injected wherever time matters so that tests take no real seconds.
public protocol TimeSource: Sendable {
    /// Time since a fixed point of this source; never goes back, whatever the device's clock does.
    var monotonic: Duration { get }

    /// The device's clock. It may be wrong and it may jump.
    var wall: WallTime { get }

    /// Returns after the duration, or throws `CancellationError` as soon as the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The machine's own clocks.
public struct SystemTime: TimeSource {
    private static let start = ContinuousClock.now

    public init() {}

    public var monotonic: Duration { Self.start.duration(to: .now) }

    public var wall: WallTime { .now() }

    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}

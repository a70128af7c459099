import AsyncSupport
import Synchronization

/// Time in which every sleep is over at once and moves the clock by a fixed step.
final class InstantTime: TimeSource {
    private let now = Mutex(Duration.zero)
    private let step: Duration

    init(step: Duration = .milliseconds(100)) {
        self.step = step
    }

    var monotonic: Duration { now.withLock { $0 } }
    var wall: WallTime { WallTime(seconds: 0) }

    func sleep(for duration: Duration) async throws {
        now.withLock { $0 += step }
    }
}

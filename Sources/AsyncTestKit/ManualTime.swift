public import AsyncSupport
import Synchronization

/// Time that moves only when the test says so.
public final class ManualTime: TimeSource {
    private typealias Sleeper = CheckedContinuation<Bool, Never>

    private struct State {
        var monotonic: Duration = .zero
        var wall: WallTime
        var nextID: UInt64 = 0
        var sleepers: [UInt64: (deadline: Duration, continuation: Sleeper)] = [:]
        var watchers: [UInt64: (count: Int, continuation: CheckedContinuation<Void, Never>)] = [:]
    }

    private let state: Mutex<State>

    /// Starts at monotonic zero; the wall clock defaults to 2026-01-02T03:04:05Z.
    public init(wall: WallTime = WallTime(seconds: 1_767_323_045)) {
        state = Mutex(State(wall: wall))
    }

    public var monotonic: Duration { state.withLock { $0.monotonic } }

    /// Setting it is a clock jump: no sleeper notices.
    public var wall: WallTime {
        get { state.withLock { $0.wall } }
        set { state.withLock { $0.wall = newValue } }
    }

    /// Tasks that sleep now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Moves both clocks and wakes the sleepers whose time has come, the earliest deadline first.
    public func advance(by duration: Duration) {
        let due = state.withLock { state -> [Sleeper] in
            state.monotonic += duration
            state.wall = state.wall.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.monotonic }
            for id in due.keys { state.sleepers[id] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value.continuation)
        }
        for sleeper in due { sleeper.resume(returning: true) }
    }

    public func sleep(for duration: Duration) async throws {
        let id = newID()
        let wasSleptThrough = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: Sleeper) in
                let now = state.withLock { state -> Bool? in
                    if Task.isCancelled { return false }
                    if duration <= .zero { return true }
                    state.sleepers[id] = (state.monotonic + duration, continuation)
                    return nil
                }
                if let now { continuation.resume(returning: now) } else { resumeWatchers() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(returning: false)
        }
        guard wasSleptThrough else { throw CancellationError() }
    }

    /// Returns when at least so many tasks sleep, so that ``advance(by:)`` finds them; at once when the caller is
    /// cancelled.
    public func waitForSleepers(count: Int) async {
        let id = newID()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isMet = state.withLock { state in
                    if Task.isCancelled || state.sleepers.count >= count { return true }
                    state.watchers[id] = (count, continuation)
                    return false
                }
                if isMet { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.watchers.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    private func newID() -> UInt64 {
        state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
    }

    private func resumeWatchers() {
        let met = state.withLock { state in
            let met = state.watchers.filter { $0.value.count <= state.sleepers.count }
            for id in met.keys { state.watchers[id] = nil }
            return met.map(\.value.continuation)
        }
        for watcher in met { watcher.resume() }
    }
}

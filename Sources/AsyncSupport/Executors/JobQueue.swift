import DequeModule
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The jobs of a ``ThreadExecutor``, shared by senders and the thread. The thread sleeps in `read` on a pipe, which
/// needs no memory shared by pointer.
final class JobQueue: Sendable {
    struct Entry: Sendable {
        let job: UnownedJob
        let executor: ThreadExecutor
    }

    private struct State {
        var entries: Deque<Entry> = []
        var isStopped = false
        /// A byte is in the pipe, or the thread is looking at the queue anyway.
        var isAwake = false
    }

    private let state = Mutex(State())
    private let readEnd: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { preconditionFailure("the process has no file descriptor left") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func append(_ entry: Entry) {
        wakeThread { $0.entries.append(entry) }
    }

    /// Lets the thread end when the queue is empty.
    func stop() {
        wakeThread { $0.isStopped = true }
    }

    /// The thread's loop.
    func run() {
        while true {
            let (entry, isDone) = state.withLock { state in
                let entry = state.entries.popFirst()
                if entry == nil { state.isAwake = false }
                return (entry, entry == nil && state.isStopped)
            }
            if isDone { return }
            if let entry {
                entry.job.runSynchronously(on: entry.executor.asUnownedSerialExecutor())
            } else {
                sleep()
            }
        }
    }

    private func wakeThread(_ change: (inout State) -> Void) {
        let mustWake = state.withLock { state in
            change(&state)
            defer { state.isAwake = true }
            return !state.isAwake
        }
        guard mustWake else { return }
        var byte: UInt8 = 1
        while write(writeEnd, &byte, 1) < 0, errno == EINTR {}
    }

    private func sleep() {
        var byte: UInt8 = 0
        while read(readEnd, &byte, 1) < 0, errno == EINTR {}
    }
}

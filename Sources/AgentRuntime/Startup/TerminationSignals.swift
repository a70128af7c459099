internal import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// SIGTERM and SIGINT as something to wait for (DEFECT S-24). They arrive as bytes on a pipe that exists from the first
/// instruction of the process (CStart), so one that came before anybody waits is not lost.
public final class TerminationSignals: Sendable {
    private struct State {
        var received: Int32?
        var waiters: [Int: CheckedContinuation<Int32?, Never>] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    /// Starts the thread that reads the pipe; a second signal ends the process at once.
    ///
    /// - Parameter descriptor: the reading end; with a negative one no signal ever comes.
    public static func start(reading descriptor: Int32) -> TerminationSignals {
        let signals = TerminationSignals()
        guard descriptor >= 0 else { return signals }
        DetachedThread.start {
            var number: UInt8 = 0
            while true {
                let count = read(descriptor, &number, 1)
                if count < 0, errno == EINTR { continue }
                guard count == 1 else { return }
                guard signals.received == nil else { _exit(128 + Int32(number)) }
                signals.receive(Int32(number))
            }
        }
        return signals
    }

    init() {}

    /// The first signal, when there was one already.
    public var received: Int32? { state.withLock { $0.received } }

    /// Returns the first signal as soon as there is one; nil when the task is cancelled before.
    public func first() async -> Int32? {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Int32?? = state.withLock { state in
                    if let received = state.received { return .some(received) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiters[waiter] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume(returning: nil)
        }
    }

    /// Takes a signal as the thread does.
    func receive(_ number: Int32) {
        let waiters = state.withLock { state in
            state.received = state.received ?? number
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: number) }
    }
}

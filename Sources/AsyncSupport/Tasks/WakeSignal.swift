/// "There is something to look at": any number of wakes before one look count as one.
///
/// One task may wait at a time.
public actor WakeSignal {
    private nonisolated let pending = BoundedChannel<Void>(capacity: 1, overflow: .dropNewest)

    public init() {}

    /// Makes the present or the next call of ``next()`` return.
    public func wake() { pending.send(()) }

    /// Returns when somebody has woken since the last return.
    /// - Throws: `CancellationError` as soon as the waiting task is cancelled.
    public nonisolated func next() async throws(CancellationError) {
        guard await pending.next() != nil else { throw CancellationError() }
    }
}

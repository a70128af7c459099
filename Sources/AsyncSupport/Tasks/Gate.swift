/// A latch: closed until it is opened, then open for ever.
public actor Gate {
    private nonisolated let opened = OneShot<Void>()

    public init() {}

    /// Lets everybody through, now and later. Opening twice is fine.
    public func open() { opened.resolve(()) }

    /// Returns when the gate is open.
    /// - Throws: `CancellationError` as soon as the waiting task is cancelled while the gate is closed.
    public nonisolated func wait() async throws(CancellationError) { try await opened.value() }

    public nonisolated var isOpen: Bool { opened.isResolved }
}

/// A queue between tasks that never holds more than a fixed number of elements. Sending never waits; what happens when
/// the queue is full is its policy. Any number of senders, one consumer.
///
/// Copies share one queue. Iteration ends when the channel is finished and empty, or when the consuming task is
/// cancelled; in the latter case a later iteration goes on with what is left.
public struct BoundedChannel<Element: Sendable>: Sendable {
    /// What happens to an element for which there is no room.
    public enum Overflow: Sendable {
        /// It takes the place of the oldest one.
        case dropOldest
        /// It is lost.
        case dropNewest
        /// It is refused: the sender still has it and decides. Not counted in ``BoundedChannel/dropped``.
        case fail
    }

    public enum SendResult: Sendable, Equatable {
        case sent
        /// Sent; the oldest element was lost for it.
        case droppedOldest
        /// Lost.
        case droppedNewest
        /// No room; not sent.
        case full
        /// The channel is finished; not sent.
        case finished
    }

    private let queue: BoundedQueue<Element>

    /// A channel for at least one element.
    public init(capacity: Int, overflow: Overflow) {
        queue = BoundedQueue(capacity: Swift.max(capacity, 1), overflow: overflow)
    }

    @discardableResult
    public func send(_ element: Element) -> SendResult { queue.send(element) }

    /// No more elements; those in the queue are still delivered. Finishing twice is fine.
    public func finish() { queue.finish() }

    /// Whether ``finish()`` was called.
    public var isFinished: Bool { queue.isFinished }

    /// Elements lost so far by the policy.
    public var dropped: UInt64 { queue.dropped }

    /// Elements in the queue now.
    public var count: Int { queue.count }

    /// The next element; nil when the channel is finished and empty, when the task is cancelled, or when another task
    /// waits already.
    public func next() async -> Element? { await queue.next() }
}

extension BoundedChannel: AsyncSequence {
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let queue: BoundedQueue<Element>

        public func next() async -> Element? { await queue.next() }

        public func next(isolation actor: isolated (any Actor)?) async -> Element? { await queue.next() }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(queue: queue) }
}

import DequeModule
import Synchronization

/// The shared part of a ``BoundedChannel``: elements or the one waiter, never both.
final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: Deque<Element> = []
        var waiter: CheckedContinuation<Element?, Never>?
        var isFinished = false
        var dropped: UInt64 = 0
    }

    private let capacity: Int
    private let overflow: BoundedChannel<Element>.Overflow
    private let state = Mutex(State())

    init(capacity: Int, overflow: BoundedChannel<Element>.Overflow) {
        self.capacity = capacity
        self.overflow = overflow
    }

    var isFinished: Bool { state.withLock { $0.isFinished } }

    var dropped: UInt64 { state.withLock { $0.dropped } }

    var count: Int { state.withLock { $0.elements.count } }

    func send(_ element: Element) -> BoundedChannel<Element>.SendResult {
        let (result, waiter) = state.withLock { state in
            if state.isFinished { return (BoundedChannel<Element>.SendResult.finished, Waiter?.none) }
            if let waiter = state.waiter.take() { return (.sent, waiter) }
            if state.elements.count < capacity {
                state.elements.append(element)
                return (.sent, nil)
            }
            return (make(roomFor: element, in: &state), nil)
        }
        // Outside the lock: resuming may run foreign code.
        waiter?.resume(returning: element)
        return result
    }

    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            return state.waiter.take()
        }
        waiter?.resume(returning: nil)
    }

    func next() async -> Element? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: Element?? = state.withLock { state in
                    // Cancelled: what is in the queue stays there for the next consumer.
                    if Task.isCancelled { return .some(nil) }
                    if let element = state.elements.popFirst() { return .some(element) }
                    if state.isFinished || state.waiter != nil { return .some(nil) }
                    state.waiter = continuation
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume(returning: nil)
        }
    }

    private typealias Waiter = CheckedContinuation<Element?, Never>

    private func make(roomFor element: Element, in state: inout State) -> BoundedChannel<Element>.SendResult {
        switch overflow {
        case .dropOldest:
            state.elements.removeFirst()
            state.elements.append(element)
            state.dropped += 1
            return .droppedOldest
        case .dropNewest:
            state.dropped += 1
            return .droppedNewest
        case .fail:
            return .full
        }
    }
}

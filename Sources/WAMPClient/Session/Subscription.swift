public import AsyncSupport
public import WAMP

/// The events of a topic, in order. One consumer; ends with the subscription or the session.
public struct Subscription: Sendable, AsyncSequence {
    public typealias Element = Event

    /// The router's number of the subscription.
    public let id: UInt64
    public let topic: String
    let operation: OperationID
    let events: BoundedChannel<Event>

    /// Events lost so far because the consumer was slow.
    public var dropped: UInt64 { events.dropped }

    public func makeAsyncIterator() -> BoundedChannel<Event>.AsyncIterator { events.makeAsyncIterator() }
}

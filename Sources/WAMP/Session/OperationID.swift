/// Names one thing that a session was asked to do, for as long as the session lives.
///
/// It is the waiter of the operation's outcome, and afterwards the handle of what came of it: a registration's
/// handler and a subscription's consumer are kept under the operation that made them. So a handler is there before
/// the router's answer arrives, and the first INVOCATION or EVENT finds it (wamp-protocol.md 7.1, 8.1).
public struct OperationID: Sendable, Hashable {
    public let number: UInt64
    init(_ number: UInt64) { self.number = number }
}

public import Values

/// A client's side of one WAMP session: says what to do, does nothing itself.
///
/// Every event goes in through a method, and what has to happen comes out as actions, to be carried out in their
/// order before the next event. An operation returns its identifier with the actions: store the waiter (and the
/// handler or consumer) under it before writing, since the answer may come at once (wamp-protocol.md 12).
public struct ClientSessionMachine: Sendable {
    /// An operation that was begun.
    public struct Started: Sendable {
        public let operation: OperationID
        public let actions: [ClientSessionAction]
    }

    public init(realm: String, authentication: Authentication, agent: String? = nil) {
    }

    // MARK: - Life cycle

    /// Begins the session on a fresh transport: HELLO.
    public mutating func open() -> [ClientSessionAction] { [] }

    /// Takes a message from the router.
    public mutating func receive(_ message: Message) -> [ClientSessionAction] { [] }

    /// Bytes came that are no message: aborts the session.
    public mutating func receiveInvalid(_ error: WAMPError) -> [ClientSessionAction] { [] }

    /// The transport closed, cleanly (nil) or not.
    public mutating func transportClosed(_ reason: String? = nil) -> [ClientSessionAction] { [] }

    /// Says GOODBYE. The end comes with the router's reply or with the transport's close; the owner bounds the wait
    /// and closes the transport itself.
    public mutating func leave(reason: String = CloseURI.closeRealm) -> [ClientSessionAction] { [] }

    // MARK: - Caller and publisher

    /// - Parameter timeout: the time to the result (with progress: to the first and between two). It goes on the wire
    ///   only to a dealer that announces `call_timeout` (wamp-protocol.md 8.6); a local timer runs in any case.
    public mutating func call(
        _ procedure: String, _ payload: Payload = Payload(), options: CallOptions = CallOptions(),
        receiveProgress: Bool = false, timeout: Duration? = nil
    ) throws(WAMPError) -> Started { throw WAMPError(.notConnected, message: "") }

    /// Sends CANCEL for a call. With `kill` and `skip` the answer is still awaited, with `killnowait` the call ends
    /// here and now. Nothing for an operation that is over or no call.
    public mutating func cancelCall(_ operation: OperationID, mode: CancelMode = .killnowait) -> [ClientSessionAction] {
        []
    }

    /// With `acknowledge` the operation completes on PUBLISHED, without at once.
    public mutating func publish(
        _ topic: String, _ payload: Payload = Payload(), options: PublishOptions = PublishOptions(),
        acknowledge: Bool = false, timeout: Duration? = nil
    ) throws(WAMPError) -> Started { throw WAMPError(.notConnected, message: "") }

    // MARK: - Callee

    public mutating func register(_ procedure: String, options: Object = [:], timeout: Duration? = nil)
        throws(WAMPError) -> Started
    { throw WAMPError(.notConnected, message: "") }

    /// Ends a registration, named by its register operation. One that is over already completes without a message.
    public mutating func unregister(_ registration: OperationID, timeout: Duration? = nil)
        throws(WAMPError) -> Started
    { throw WAMPError(.notConnected, message: "") }

    /// The handler's final answer. Dropped when the invocation is over.
    public mutating func respond(to invocation: UInt64, _ payload: Payload, options: Object = [:])
        -> [ClientSessionAction]
    { [] }

    /// An intermediate answer. Dropped when the invocation is over or its caller wants none.
    public mutating func progress(of invocation: UInt64, _ payload: Payload) -> [ClientSessionAction] { [] }

    /// The handler failed: ERROR with the error's URI and arguments. Dropped when the invocation is over.
    public mutating func fail(_ invocation: UInt64, _ error: WAMPError) -> [ClientSessionAction] { [] }

    // MARK: - Subscriber

    /// Subscriptions of one topic and match share the router's subscription; each has its own operation.
    public mutating func subscribe(_ topic: String, options: Object = [:], timeout: Duration? = nil)
        throws(WAMPError) -> Started
    { throw WAMPError(.notConnected, message: "") }

    /// Ends a subscription, named by its subscribe operation. Only the last of those that share one sends UNSUBSCRIBE.
    public mutating func unsubscribe(_ subscription: OperationID, timeout: Duration? = nil)
        throws(WAMPError) -> Started
    { throw WAMPError(.notConnected, message: "") }

    // MARK: - Giving up

    /// The waiter gave up (its task was cancelled): the operation completes now with `canceled`, a call is cancelled
    /// with `killnowait`, a registration or subscription that arrives later is undone.
    public mutating func giveUp(_ operation: OperationID) -> [ClientSessionAction] { [] }

    /// The timer of the operation fired: like ``giveUp(_:)`` with `timeout`. Nothing for an operation that is over.
    public mutating func deadlinePassed(_ operation: OperationID) -> [ClientSessionAction] { [] }
}

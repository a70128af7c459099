public import AsyncSupport
public import Values
public import WAMP

/// A joined session. Copies are the same session; all its methods may be used from any task at once.
///
/// Every method that waits ends when the session does, with `sessionLost`, and ends at once with `canceled` when its
/// task is cancelled.
public struct WAMPSession: Sendable {
    /// The router's number of the session.
    public let id: UInt64
    /// The details of WELCOME. They name the identity and the realm that count (wamp-protocol.md 3.1).
    public let welcome: Object
    let connection: WAMPConnection

    // MARK: - Calls

    /// Calls a procedure and waits for its result.
    /// - Parameter timeout: then CANCEL is sent and `timeout` thrown; nil waits as long as the session lives.
    public func call(
        _ procedure: String, _ args: [Value] = [], kwargs: Object = [:], options: CallOptions = .init(),
        timeout: Duration? = .seconds(10)
    ) async throws(WAMPError) -> CallResult {
        try await connection.call(procedure, Payload(args, kwargs: kwargs), options: options, timeout: timeout)
    }

    /// Calls a procedure that sends intermediate results.
    /// - Parameters:
    ///   - timeout: to the first result, and between two (wamp-protocol.md 8.6).
    ///   - onProgress: one at a time, in order. Falling 4096 results behind cancels the call.
    public func callProgressively(
        _ procedure: String, _ args: [Value] = [], kwargs: Object = [:], options: CallOptions = .init(),
        timeout: Duration? = .seconds(10), onProgress: @Sendable (CallResult) async -> Void
    ) async throws(WAMPError) -> CallResult {
        let results = BoundedChannel<CallResult>(capacity: 4096, overflow: .fail)
        let payload = Payload(args, kwargs: kwargs)
        async let outcome = resultOfCall(procedure, payload, options, timeout, results)
        for await result in results { await onProgress(result) }
        return try await outcome.get()
    }

    private func resultOfCall(
        _ procedure: String, _ payload: Payload, _ options: CallOptions, _ timeout: Duration?,
        _ results: BoundedChannel<CallResult>
    ) async -> Result<CallResult, WAMPError> {
        do throws(WAMPError) {
            return .success(
                try await connection.call(procedure, payload, options: options, timeout: timeout, progress: results))
        } catch {
            return .failure(error)
        }
    }

    // MARK: - Publications

    /// Publishes without asking for an acknowledgement; waits only while the line is full.
    public func publish(
        _ topic: String, _ args: [Value] = [], kwargs: Object = [:], options: PublishOptions = .init()
    ) async throws(WAMPError) {
        _ = try await connection.publish(
            topic, Payload(args, kwargs: kwargs), options: options, acknowledge: false)
    }

    /// Publishes and waits for the router's acknowledgement; returns the publication's number.
    public func publishAcknowledged(
        _ topic: String, _ args: [Value] = [], kwargs: Object = [:], options: PublishOptions = .init()
    ) async throws(WAMPError) -> UInt64 {
        let publication = try await connection.publish(
            topic, Payload(args, kwargs: kwargs), options: options, acknowledge: true)
        guard let publication else {
            throw WAMPError(.protocolViolation, message: "The acknowledgement has no publication number.")
        }
        return publication
    }

    // MARK: - Registrations

    /// Registers a procedure for as long as the session lives.
    ///
    /// The handler's part before its first suspension runs in the order of the calls; then calls run side by side.
    /// A `WAMPError` that it throws reaches the caller unchanged, any other error as `wamp.error.runtime_error`. Its
    /// task is cancelled when the caller gives up.
    public func register(
        _ procedure: String, options: Object = [:], _ handler: @escaping @Sendable (Invocation) async throws -> Reply
    ) async throws(WAMPError) -> Registration {
        try await connection.register(procedure, options: options, handler: handler)
    }

    /// Registrations that the router took away, as it happens; for one consumer. Ends with the session.
    public var lostRegistrations: BoundedChannel<LostRegistration> { connection.lostRegistrations }

    public func unregister(_ registration: Registration) async throws(WAMPError) {
        try await connection.unregister(registration)
    }

    // MARK: - Subscriptions

    /// Subscribes to a topic.
    /// - Parameters:
    ///   - buffer: events that wait for the consumer at most.
    ///   - overflow: what happens to an event beyond that; see ``Subscription/dropped``.
    public func subscribe(
        _ topic: String, options: Object = [:], buffer: Int = 1024,
        overflow: BoundedChannel<Event>.Overflow = .dropOldest
    ) async throws(WAMPError) -> Subscription {
        try await connection.subscribe(
            topic, options: options, events: BoundedChannel(capacity: buffer, overflow: overflow))
    }

    /// Ends the subscription and its sequence.
    public func unsubscribe(_ subscription: Subscription) async throws(WAMPError) {
        try await connection.unsubscribe(subscription)
    }

    // MARK: - The end

    /// Returns when the session is over, with the reason. When the waiting task is cancelled before, it returns at
    /// once with the reason `wamp.error.canceled`.
    public func closed() async -> SessionEnd { await connection.closed() }

    /// Says GOODBYE and waits a bounded time for the answer; does nothing when the session is over.
    public func leave(reason: String = CloseURI.closeRealm) async { await connection.leave(reason: reason) }
}

import AsyncSupport
import NIOCore
import Values
import WAMP

extension WAMPConnection {
    /// Begins an operation and waits for its outcome.
    ///
    /// - Parameter prepare: stores what has to be there before the first byte leaves: a handler, a consumer.
    func perform(
        _ begin: (inout ClientSessionMachine) throws(WAMPError) -> ClientSessionMachine.Started,
        prepare: (isolated WAMPConnection, OperationID) -> Void = { _, _ in }
    ) async throws(WAMPError) -> ClientSessionAction.Outcome {
        let started = try begin(&machine)
        let operation = started.operation
        do throws(WAMPError) {
            for case .send(let message) in started.actions { _ = try encoded(message) }
        } catch {
            // Nothing left yet: forget the operation without a word to the router.
            _ = machine.giveUp(operation)
            throw error
        }
        prepare(self, operation)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                waiters[operation] = waiter
                carryOut(started.actions)
            }
        } onCancel: {
            // On the loop this comes after the lines above, however early the task was cancelled.
            eventLoop.execute { self.assumeIsolated { $0.carryOut($0.machine.giveUp(operation)) } }
        }
        return try result.get()
    }

    func call(
        _ procedure: String, _ payload: Payload, options: CallOptions, timeout: Duration?,
        progress results: BoundedChannel<CallResult>? = nil
    ) async throws(WAMPError) -> CallResult {
        defer { results?.finish() }
        let outcome = try await perform { (machine) throws(WAMPError) in
            try machine.call(
                procedure, payload, options: options, receiveProgress: results != nil, timeout: timeout)
        } prepare: { connection, operation in
            connection.progress[operation] = results
        }
        guard case .result(let result) = outcome else { throw unexpected(outcome) }
        return result
    }

    func publish(
        _ topic: String, _ payload: Payload, options: PublishOptions, acknowledge: Bool
    ) async throws(WAMPError) -> UInt64? {
        await writable()
        let timeout = acknowledge ? configuration.responseTimeout : nil
        let outcome = try await perform { (machine) throws(WAMPError) in
            try machine.publish(topic, payload, options: options, acknowledge: acknowledge, timeout: timeout)
        }
        guard case .published(let publication) = outcome else { throw unexpected(outcome) }
        return publication
    }

    func register(_ procedure: String, options: Object, handler: @escaping Handler) async throws(WAMPError)
        -> Registration
    {
        var operation: OperationID?
        let outcome = try await perform { (machine) throws(WAMPError) in
            try machine.register(procedure, options: options, timeout: configuration.responseTimeout)
        } prepare: { connection, started in
            connection.handlers[started] = handler
            connection.procedures[started] = procedure
            operation = started
        }
        guard case .registered(let id) = outcome, let operation else { throw unexpected(outcome) }
        return Registration(id: id, procedure: procedure, operation: operation)
    }

    func unregister(_ registration: Registration) async throws(WAMPError) {
        procedures[registration.operation] = nil
        _ = try await perform { (machine) throws(WAMPError) in
            try machine.unregister(registration.operation, timeout: configuration.responseTimeout)
        }
        handlers[registration.operation] = nil
    }

    func subscribe(_ topic: String, options: Object, events: BoundedChannel<Event>) async throws(WAMPError)
        -> Subscription
    {
        var operation: OperationID?
        let outcome = try await perform { (machine) throws(WAMPError) in
            try machine.subscribe(topic, options: options, timeout: configuration.responseTimeout)
        } prepare: { connection, started in
            connection.consumers[started] = events
            operation = started
        }
        guard case .subscribed(let id) = outcome, let operation else { throw unexpected(outcome) }
        return Subscription(id: id, topic: topic, operation: operation, events: events)
    }

    func unsubscribe(_ subscription: Subscription) async throws(WAMPError) {
        defer { consumers.removeValue(forKey: subscription.operation)?.finish() }
        _ = try await perform { (machine) throws(WAMPError) in
            try machine.unsubscribe(subscription.operation, timeout: configuration.responseTimeout)
        }
    }

    private func unexpected(_ outcome: ClientSessionAction.Outcome) -> WAMPError {
        WAMPError(.protocolViolation, message: "The session answered with something else than was asked: \(outcome).")
    }
}

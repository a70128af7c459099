import AsyncSupport
import Logging
import NIOCore
import Values
import WAMP
import WAMPTransport

/// One connection with its one session: carries out what ``ClientSessionMachine`` decides.
///
/// It lives on its channel's event loop, so the channel handler reaches it synchronously and no message can overtake
/// another. Every waiter is stored before the bytes leave and is resumed exactly once: on the answer, the deadline,
/// the cancellation or the end of the session, whichever the machine sees first.
actor WAMPConnection {
    typealias Handler = @Sendable (Invocation) async throws -> Reply
    typealias Waiter = CheckedContinuation<Result<ClientSessionAction.Outcome, WAMPError>, Never>

    nonisolated let eventLoop: any EventLoop
    nonisolated let channel: any Channel
    nonisolated let configuration: WAMPClientConfiguration
    nonisolated let logger: Logger
    nonisolated let codec = JSONMessageCodec()
    /// Invocations in the order of their arrival.
    nonisolated let invocations: BoundedChannel<QueuedInvocation>

    nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

    nonisolated let lostRegistrations = BoundedChannel<LostRegistration>(capacity: 1024, overflow: .dropOldest)

    var machine: ClientSessionMachine
    var waiters: [OperationID: Waiter] = [:]
    var deadlines: [OperationID: Scheduled<Void>] = [:]
    var progress: [OperationID: BoundedChannel<CallResult>] = [:]
    var handlers: [OperationID: Handler] = [:]
    var procedures: [OperationID: String] = [:]
    var consumers: [OperationID: BoundedChannel<Event>] = [:]
    /// Finished to cancel the handler of that invocation.
    var interrupts: [UInt64: BoundedChannel<Void>] = [:]
    private var joining: CheckedContinuation<Result<WAMPSession, WAMPError>, Never>?
    private var joinDeadline: Scheduled<Void>?
    private var end: SessionEnd?
    private var endWaiters: [UInt64: CheckedContinuation<SessionEnd, Never>] = [:]
    private var nextEndWaiter: UInt64 = 0
    var writersWaiting: Int { writableWaiters.count }
    private var writableWaiters: [CheckedContinuation<Void, Never>] = []

    init(channel: any Channel, configuration: WAMPClientConfiguration, logger: Logger) {
        self.channel = channel
        self.configuration = configuration
        self.logger = logger
        eventLoop = channel.eventLoop
        invocations = BoundedChannel(capacity: configuration.maxWaitingInvocations, overflow: .fail)
        machine = ClientSessionMachine(realm: configuration.realm, authentication: configuration.authentication)
    }

    // MARK: - Joining and leaving

    /// Says HELLO and waits for WELCOME.
    func join(within timeout: Duration) async throws(WAMPError) -> WAMPSession {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                joining = continuation
                joinDeadline = eventLoop.scheduleTask(in: TimeAmount(timeout)) {
                    self.assumeIsolated { $0.giveUpJoining(.timeout, "The router did not answer HELLO in time.") }
                }
                carryOut(machine.open())
            }
        } onCancel: {
            eventLoop.execute { self.assumeIsolated { $0.giveUpJoining(.canceled, "Joining was cancelled.") } }
        }
        return try result.get()
    }

    /// Says GOODBYE and waits for the end of the session, at most the leave time-out. Not cut short by cancellation.
    func leave(reason: String) async {
        guard end == nil else { return }
        carryOut(machine.leave(reason: reason))
        let deadline = eventLoop.scheduleTask(in: TimeAmount(configuration.leaveTimeout)) {
            self.assumeIsolated { $0.transportClosed("The router did not answer GOODBYE in time.") }
        }
        if end == nil {
            _ = await withCheckedContinuation { continuation in
                endWaiters[takeEndWaiterNumber()] = continuation
            }
        }
        deadline.cancel()
    }

    /// The end of the session; a made-up one as soon as the waiting task is cancelled.
    func closed() async -> SessionEnd {
        if let end { return end }
        let number = takeEndWaiterNumber()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in endWaiters[number] = continuation }
        } onCancel: {
            eventLoop.execute { self.assumeIsolated { $0.stopWaitingForEnd(number) } }
        }
    }

    // MARK: - From the channel

    func received(_ message: WebSocketMessage) {
        guard end == nil else { return }
        do throws(WAMPError) {
            guard message.isText == codec.isText else {
                throw WAMPError(.protocolViolation, message: "The router sent a frame of the wrong kind.")
            }
            let decoded = try codec.decode(message.data)
            tap?.show(.received, decoded)
            carryOut(machine.receive(decoded))
        } catch {
            carryOut(machine.receiveInvalid(error))
        }
    }

    func transportClosed(_ reason: String) {
        guard end == nil else { return }
        carryOut(machine.transportClosed(reason))
    }

    func writabilityChanged() {
        guard channel.isWritable || end != nil else { return }
        let waiting = writableWaiters
        writableWaiters = []
        for waiter in waiting { waiter.resume() }
    }

    /// Waits while the line is full, so that a fast publisher cannot fill the memory.
    func writable() async {
        while end == nil && !channel.isWritable {
            await withCheckedContinuation { writableWaiters.append($0) }
        }
    }

    // MARK: - Actions

    func carryOut(_ actions: [ClientSessionAction]) {
        for action in actions { carryOut(action) }
    }

    private func carryOut(_ action: ClientSessionAction) {
        switch action {
        case .send(let message): send(message)
        case .opened(let session, let welcome): opened(session, welcome)
        case .complete(let operation, let result): complete(operation, result)
        case .progress(let operation, let result): progressed(operation, result)
        case .startTimer(let operation, let duration): startTimer(operation, duration)
        case .invoke(let request): enqueue(request)
        case .cancelInvocation(let request): interrupts.removeValue(forKey: request)?.finish()
        case .deliver(let event, let operations):
            for operation in operations { consumers[operation]?.send(event) }
        case .registrationEnded(let operation, let error):
            // At the end of a session all of them end; that is no news.
            let level: Logger.Level = error.code == .sessionLost || end != nil ? .debug : .warning
            logger.log(level: level, "registration ended", metadata: ["error": "\(error)"])
            handlers[operation] = nil
            if let procedure = procedures.removeValue(forKey: operation), error.code != .sessionLost, end == nil {
                lostRegistrations.send(LostRegistration(procedure: procedure, error: error))
            }
        case .subscriptionEnded(let operation, _): consumers.removeValue(forKey: operation)?.finish()
        case .ended(let sessionEnd): ended(sessionEnd)
        }
    }

    private var tap: MessageTap? { configuration.onMessage.map(MessageTap.init) }

    private func send(_ message: Message) {
        do throws(WAMPError) {
            write(try encoded(message))
            tap?.show(.sent, message)
        } catch {
            // Operations are encoded before they are begun and answers have their own way; what is left is ours.
            logger.error("message could not be encoded", metadata: ["error": "\(error)"])
        }
    }

    func encoded(_ message: Message) throws(WAMPError) -> ByteBuffer {
        var buffer = channel.allocator.buffer(capacity: 256)
        try codec.encode(message, into: &buffer)
        return buffer
    }

    private func write(_ buffer: ByteBuffer) {
        channel.writeAndFlush(WebSocketMessage(data: buffer, isText: codec.isText), promise: nil)
    }

    private func opened(_ session: UInt64, _ welcome: Object) {
        finishJoining(.success(WAMPSession(id: session, welcome: welcome, connection: self)))
    }

    private func complete(_ operation: OperationID, _ result: Result<ClientSessionAction.Outcome, WAMPError>) {
        deadlines.removeValue(forKey: operation)?.cancel()
        progress.removeValue(forKey: operation)?.finish()
        if case .failure = result {
            handlers[operation] = nil
            procedures[operation] = nil
            consumers.removeValue(forKey: operation)?.finish()
        }
        waiters.removeValue(forKey: operation)?.resume(returning: result)
    }

    private func progressed(_ operation: OperationID, _ result: CallResult) {
        // A caller that cannot keep up must not fill the memory, and a gap in the results would be a lie.
        if progress[operation]?.send(result) == .full { carryOut(machine.giveUp(operation)) }
    }

    private func startTimer(_ operation: OperationID, _ duration: Duration) {
        deadlines[operation]?.cancel()
        deadlines[operation] = eventLoop.scheduleTask(in: TimeAmount(duration)) {
            self.assumeIsolated { $0.carryOut($0.machine.deadlinePassed(operation)) }
        }
    }

    // MARK: - The end

    private func ended(_ sessionEnd: SessionEnd) {
        guard end == nil else { return }
        end = sessionEnd
        finishJoining(.failure(WAMPError(joining: sessionEnd)))
        for deadline in deadlines.values { deadline.cancel() }
        deadlines = [:]
        for consumer in consumers.values { consumer.finish() }
        consumers = [:]
        for interrupt in interrupts.values { interrupt.finish() }
        interrupts = [:]
        handlers = [:]
        procedures = [:]
        invocations.finish()
        lostRegistrations.finish()
        writabilityChanged()
        let waiting = endWaiters.values
        endWaiters = [:]
        for waiter in waiting { waiter.resume(returning: sessionEnd) }
        let code: UInt16 = sessionEnd.kind == .violated ? 1002 : 1000
        channel.triggerUserOutboundEvent(WebSocketCloseRequest(code: code), promise: nil)
    }

    private func finishJoining(_ result: Result<WAMPSession, WAMPError>) {
        joinDeadline?.cancel()
        joinDeadline = nil
        joining.take()?.resume(returning: result)
    }

    private func giveUpJoining(_ code: WAMPError.Code, _ sentence: String) {
        guard joining != nil else { return }
        finishJoining(.failure(WAMPError(code, message: sentence)))
        transportClosed(sentence)
    }

    private func stopWaitingForEnd(_ number: UInt64) {
        let end = SessionEnd(
            kind: .left, reason: ErrorURI.canceled, message: "Waiting for the end was cancelled.", wasOpen: true)
        endWaiters.removeValue(forKey: number)?.resume(returning: end)
    }

    private func takeEndWaiterNumber() -> UInt64 {
        defer { nextEndWaiter += 1 }
        return nextEndWaiter
    }
}

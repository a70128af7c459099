import AsyncSupport
import Values
import WAMP

/// Runs the handlers of a connection: each invocation in a child task, at most so many at a time, started in the order
/// in which the invocations came (wamp-protocol.md 12).
struct InvocationDispatcher: Sendable {
    let connection: WAMPConnection
    let limit: Int

    /// Returns when the session is over or the task is cancelled, after every handler has ended.
    @concurrent
    func run() async {
        let free = BoundedChannel<Void>(capacity: max(limit, 1), overflow: .dropNewest)
        for _ in 0..<max(limit, 1) { free.send(()) }
        await withDiscardingTaskGroup { group in
            for await invocation in connection.invocations {
                guard await free.next() != nil else { break }
                // Interrupted while it waited, or the session is over.
                guard !invocation.interrupt.isFinished else {
                    free.send(())
                    continue
                }
                // Immediate: a handler has reached its first suspension before the next one starts.
                group.addImmediateTask {
                    await InvocationRun(invocation: invocation, connection: connection)()
                    free.send(())
                }
            }
            group.cancelAll()
        }
    }
}

/// An invocation that waits for its turn. It does not know the connection, which holds the queue.
struct QueuedInvocation: Sendable {
    let request: InvocationRequest
    let handler: WAMPConnection.Handler
    /// Finished when the caller or the end of the session cancels the invocation.
    let interrupt: BoundedChannel<Void>
}

/// One invocation and its handler.
struct InvocationRun: Sendable {
    private enum Event: Sendable {
        case answered(Result<Reply, WAMPError>)
        case interrupted
        case expired
    }

    let invocation: QueuedInvocation
    let connection: WAMPConnection

    private var request: InvocationRequest { invocation.request }

    func callAsFunction() async {
        await withTaskGroup(of: Event.self) { group in
            group.addImmediateTask { .answered(await answer()) }
            // Immediate too: it only waits, no other thread is woken for that.
            group.addImmediateTask {
                _ = await invocation.interrupt.next()
                return .interrupted
            }
            if let timeout = request.timeout {
                group.addTask {
                    do { try await SystemTime().sleep(for: timeout) } catch { return .interrupted }
                    return .expired
                }
            }
            switch await group.next() {
            case .answered(let result):
                connection.answerLater(request.request, result)
            case .expired:
                let error = WAMPError(.timeout, args: ["call timeout"], message: "The call took too long.")
                connection.answerLater(request.request, .failure(error))
            case .interrupted, nil:
                break
            }
            group.cancelAll()
        }
    }

    private func answer() async -> Result<Reply, WAMPError> {
        do {
            return .success(try await invocation.handler(Invocation(request, connection: connection)))
        } catch {
            return .failure(WAMPError(handler: error))
        }
    }
}

extension WAMPError {
    /// The one translation of what a handler throws into what its caller gets.
    init(handler error: any Error) {
        switch error {
        case let error as WAMPError where error.code == .application || !error.args.isEmpty:
            self = error
        case let error as WAMPError:
            self.init(error.code, uri: error.uri, args: [.string(error.message)], message: error.message)
        case is CancellationError:
            self.init(.canceled, args: ["The call was cancelled."], message: "The call was cancelled.")
        default:
            self.init(uri: ErrorURI.runtimeError, args: [.string("\(error)")])
        }
    }

    /// The one translation of a session that ended before it was open.
    init(joining end: SessionEnd) {
        let code: Code =
            switch end.kind {
            case .aborted, .closedByRouter: .aborted
            case .violated where end.reason == ErrorURI.protocolViolation: .protocolViolation
            case .violated: .authentication
            case .lost, .left: .connectionFailed
            }
        self.init(code, uri: end.reason.isEmpty ? nil : end.reason, message: end.message)
    }
}

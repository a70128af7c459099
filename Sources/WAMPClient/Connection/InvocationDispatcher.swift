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
            for await request in connection.invocations {
                guard await free.next() != nil else { break }
                guard let run = await connection.begin(request) else {
                    free.send(())
                    continue
                }
                // Immediate: a handler has reached its first suspension before the next one starts.
                group.addImmediateTask {
                    await run()
                    free.send(())
                }
            }
            group.cancelAll()
        }
    }
}

/// One invocation and its handler.
struct InvocationRun: Sendable {
    private enum Event: Sendable {
        case answered(Result<Reply, WAMPError>)
        case interrupted
        case expired
    }

    let request: InvocationRequest
    let handler: WAMPConnection.Handler
    let interrupt: BoundedChannel<Void>
    let connection: WAMPConnection

    func callAsFunction() async {
        await withTaskGroup(of: Event.self) { group in
            group.addImmediateTask { .answered(await answer()) }
            group.addTask {
                _ = await interrupt.next()
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
                await connection.answer(request.request, result)
            case .expired:
                let error = WAMPError(.timeout, args: ["call timeout"], message: "The call took too long.")
                await connection.answer(request.request, .failure(error))
            case .interrupted, nil:
                break
            }
            group.cancelAll()
        }
    }

    private func answer() async -> Result<Reply, WAMPError> {
        do {
            return .success(try await handler(Invocation(request, connection: connection)))
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

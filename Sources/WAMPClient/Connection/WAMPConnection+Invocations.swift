import AsyncSupport
import Logging
import NIOCore
import Values
import WAMP

extension WAMPConnection {
    /// Takes an invocation from the router; handlers never run on the event loop.
    func enqueue(_ request: InvocationRequest) {
        guard let handler = handlers[request.registration] else {
            let gone = WAMPError(uri: ErrorURI.noSuchProcedure, args: ["The procedure is no longer registered."])
            return carryOut(machine.fail(request.request, gone))
        }
        let interrupt = BoundedChannel<Void>(capacity: 1, overflow: .dropNewest)
        interrupts[request.request] = interrupt
        let queued = QueuedInvocation(request: request, handler: handler, interrupt: interrupt)
        guard invocations.send(queued) != .sent else { return }
        interrupts[request.request] = nil
        let busy = WAMPError(uri: ErrorURI.unavailable, args: ["Too many calls are waiting."])
        carryOut(machine.fail(request.request, busy))
    }

    /// Answers from wherever the handler has ended, without coming back there: a thread less to wake per call.
    nonisolated func answerLater(_ request: UInt64, _ answer: Result<Reply, WAMPError>) {
        eventLoop.execute { self.assumeIsolated { $0.answer(request, answer) } }
    }

    func answer(_ request: UInt64, _ answer: Result<Reply, WAMPError>) {
        interrupts[request] = nil
        switch answer {
        case .failure(let error):
            carryOut(machine.fail(request, sendable(error)))
        case .success(let reply):
            let payload = Payload(reply.args, kwargs: reply.kwargs)
            guard canBeEncoded(payload) else {
                let error = WAMPError(uri: ErrorURI.runtimeError, args: ["The result cannot be encoded."])
                return carryOut(machine.fail(request, error))
            }
            carryOut(machine.respond(to: request, payload, options: reply.options))
        }
    }

    func progress(of request: UInt64, _ payload: Payload) async {
        await writable()
        guard canBeEncoded(payload) else {
            return logger.warning("intermediate result cannot be encoded", metadata: ["request": "\(request)"])
        }
        carryOut(machine.progress(of: request, payload))
    }

    /// An error whose arguments cannot travel still tells its URI.
    private func sendable(_ error: WAMPError) -> WAMPError {
        canBeEncoded(Payload(error.args, kwargs: error.kwargs))
            ? error : WAMPError(uri: error.uri, args: [.string(error.message)])
    }

    private func canBeEncoded(_ payload: Payload) -> Bool {
        (try? encoded(.yield(request: 1, options: [:], payload: payload))) != nil
    }
}

import AsyncSupport
import Logging
import Values
import WAMP

extension WAMPConnection {
    /// Takes an invocation from the router; handlers never run on the event loop.
    func enqueue(_ request: InvocationRequest) {
        interrupts[request.request] = BoundedChannel(capacity: 1, overflow: .dropNewest)
        guard invocations.send(request) != .sent else { return }
        interrupts[request.request] = nil
        let busy = WAMPError(uri: ErrorURI.unavailable, args: ["Too many calls are waiting."])
        carryOut(machine.fail(request.request, busy))
    }

    /// What is needed to run the invocation; nil when it was interrupted while it waited or nobody serves it any more.
    func begin(_ request: InvocationRequest) -> InvocationRun? {
        guard let interrupt = interrupts[request.request] else { return nil }
        guard let handler = handlers[request.registration] else {
            interrupts[request.request] = nil
            let gone = WAMPError(uri: ErrorURI.noSuchProcedure, args: ["The procedure is no longer registered."])
            carryOut(machine.fail(request.request, gone))
            return nil
        }
        return InvocationRun(request: request, handler: handler, interrupt: interrupt, connection: self)
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

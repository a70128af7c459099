public import Values

// MARK: - Invocations (wamp-protocol.md 8)

extension ClientSessionMachine {
    /// The handler's final answer. Dropped when the invocation is over.
    public mutating func respond(to invocation: UInt64, _ payload: Payload, options: Object = [:])
        -> [ClientSessionAction]
    {
        guard invocations.finish(invocation) else { return [] }
        return [.send(.yield(request: invocation, options: options, payload: payload))]
    }

    /// An intermediate answer. Dropped when the invocation is over or its caller wants none.
    public mutating func progress(of invocation: UInt64, _ payload: Payload) -> [ClientSessionAction] {
        guard invocations.receivesProgress(invocation) else { return [] }
        return [.send(.yield(request: invocation, options: ["progress": true], payload: payload))]
    }

    /// The handler failed: ERROR with the error's URI and arguments, and its sentence when it has none of them.
    /// Dropped when the invocation is over.
    public mutating func fail(_ invocation: UInt64, _ error: WAMPError) -> [ClientSessionAction] {
        guard invocations.finish(invocation) else { return [] }
        return [refusal(invocation, error)]
    }

    private func refusal(_ invocation: UInt64, _ error: WAMPError) -> ClientSessionAction {
        var payload = Payload(error.args, kwargs: error.kwargs)
        if payload.isEmpty, !error.message.isEmpty, error.message != error.uri {
            payload.args = [.string(error.message)]
        }
        let uri = WAMPURI.isValid(error.uri) ? error.uri : ErrorURI.runtimeError
        return .send(
            .error(type: MessageCode.invocation, request: invocation, details: [:], uri: uri, payload: payload))
    }

    mutating func invocation(_ request: UInt64, _ id: UInt64, _ details: Object, _ payload: Payload)
        -> [ClientSessionAction]
    {
        let hasMore = details.flag("progress")
        if invocations.isRunning(request) || invocations.isRefused(request, isLast: !hasMore) { return [] }
        if hasMore {
            invocations.refuse(request)
            return [refusal(request, Self.unsupported("calls in several parts"))]
        }
        if let scheme = details.text("ppt_scheme"), !scheme.isEmpty {
            return [refusal(request, Self.unsupported("payload passthru"))]
        }
        guard let registration = registrations[id] else {
            let error = WAMPError(uri: ErrorURI.noSuchProcedure, message: "there is no handler for the registration")
            return [refusal(request, error)]
        }
        invocations.start(request, receivesProgress: details.flag("receive_progress"))
        return [
            .invoke(
                InvocationRequest(
                    request: request, registration: registration.operation,
                    procedure: details.text("procedure") ?? registration.procedure, args: payload.args,
                    kwargs: payload.kwargs, details: details, receivesProgress: details.flag("receive_progress"),
                    timeout: handlerTimeout(details)))
        ]
    }

    private static func unsupported(_ what: String) -> WAMPError {
        WAMPError(uri: ErrorURI.featureNotSupported, message: "\(what) are not supported")
    }

    /// Crossbar forwards a number of seconds without announcing the feature (8.6), so only a dealer that announces it
    /// is taken at its word.
    private func handlerTimeout(_ details: Object) -> Duration? {
        guard dealerOffers("call_timeout"), let value = details["timeout"],
            let milliseconds = LenientInteger.signed(value), milliseconds > 0
        else { return nil }
        return .milliseconds(milliseconds)
    }

    /// With `killnowait` nobody waits for an answer; with `kill`, or without a mode, `canceled` is answered (8.5).
    mutating func interrupt(_ request: UInt64, _ options: Object) -> [ClientSessionAction] {
        guard invocations.finish(request) else { return [] }
        let cancellation = ClientSessionAction.cancelInvocation(request)
        guard options.text("mode") != CancelMode.killnowait.rawValue else { return [cancellation] }
        return [cancellation, refusal(request, WAMPError(.canceled, message: "interrupted by the caller"))]
    }
}

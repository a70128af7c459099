import Values

// MARK: - Caller and publisher (wamp-protocol.md 7.1, 8)

extension ClientSessionMachine {
    /// How much longer than the dealer we wait before we take the matter into our own hands.
    private static let dealerGrace = Duration.seconds(2)

    /// Calls a procedure.
    /// - Parameters:
    ///   - receiveProgress: intermediate results come as `progress` actions; otherwise they are dropped.
    ///   - timeout: the time to the result (with progress: to the first, and between two). It goes on the wire only to
    ///     a dealer that announces `call_timeout` (wamp-protocol.md 8.6); a local timer runs in any case.
    /// - Throws: `notConnected`, `invalidArgument`.
    public mutating func call(
        _ procedure: String, _ payload: Payload = Payload(), options: CallOptions = CallOptions(),
        receiveProgress: Bool = false, timeout: Duration? = nil
    ) throws(WAMPError) -> Started {
        try requireOpen()
        try check(procedure, .exact)
        var details = options.object
        if receiveProgress { details["receive_progress"] = true }
        var timer = timeout
        if let timeout, dealerOffers("call_timeout") {
            details["timeout"] = .int(timeout.roundedUpMilliseconds)
            timer = timeout + Self.dealerGrace
        }
        return begin(.call(receivesProgress: receiveProgress, timeout: timer), timeout: timer) {
            .call(request: $0, options: details, procedure: procedure, payload: payload)
        }
    }

    /// Sends CANCEL for a call. With `kill` the callee's answer is awaited, else the call ends here and now: for `skip`
    /// Crossbar would never answer. Nothing for an operation that is over or no call.
    public mutating func cancelCall(_ operation: OperationID, mode: CancelMode = .killnowait)
        -> [ClientSessionAction]
    {
        guard let request = pending.request(of: operation), case .call = pending[request]?.kind else { return [] }
        if mode == .kill, let cancel = cancelMessage(request, mode) { return [cancel] }
        return giveUp(operation, WAMPError(.canceled, message: "canceled by the caller"), mode: mode)
    }

    /// Publishes an event. With `acknowledge` the operation completes on PUBLISHED, without at once.
    /// - Throws: `notConnected`, `invalidArgument`.
    public mutating func publish(
        _ topic: String, _ payload: Payload = Payload(), options: PublishOptions = PublishOptions(),
        acknowledge: Bool = false, timeout: Duration? = nil
    ) throws(WAMPError) -> Started {
        try requireOpen()
        try check(topic, .exact)
        var details = options.object
        details["acknowledge"] = acknowledge ? true : nil
        guard acknowledge else {
            let message = Message.publish(request: nextRequest(), options: details, topic: topic, payload: payload)
            return finished(.published(publication: nil), sending: message)
        }
        return begin(.publish, timeout: timeout) {
            .publish(request: $0, options: details, topic: topic, payload: payload)
        }
    }

    mutating func result(_ request: UInt64, _ details: Object, _ payload: Payload) -> [ClientSessionAction] {
        let result = CallResult(args: payload.args, kwargs: payload.kwargs, details: details)
        if details.flag("progress") { return intermediate(request, result) }
        switch finish(request, as: { if case .call = $0 { true } else { false } }) {
        case .expected(let entry): return entry.waiters.map { .complete($0, .success(.result(result))) }
        case .unknown: return []
        case .mismatch: return unexpected(.result(request: request, details: details, payload: payload))
        }
    }

    /// An intermediate result that nobody asked for is dropped: routers forward what callees send (8.3).
    private func intermediate(_ request: UInt64, _ result: CallResult) -> [ClientSessionAction] {
        guard let entry = pending[request], case .call(true, let timeout) = entry.kind else { return [] }
        return entry.waiters.flatMap { waiter in
            [.progress(waiter, result)] + (timeout.map { [.startTimer(waiter, $0)] } ?? [])
        }
    }

    mutating func published(_ request: UInt64, _ publication: UInt64) -> [ClientSessionAction] {
        switch finish(request, as: { $0 == .publish }) {
        case .expected(let entry):
            entry.waiters.map { .complete($0, .success(.published(publication: publication))) }
        case .unknown: []
        case .mismatch: unexpected(.published(request: request, publication: publication))
        }
    }
}

extension ClientSessionMachine {
    /// A malformed URI is refused here: Crossbar drops the connection for most (wamp-protocol.md 11).
    func check(_ uri: String, _ match: MatchPolicy) throws(WAMPError) {
        guard WAMPURI.isValid(uri, gaps: match.gaps) else {
            throw WAMPError(.invalidArgument, uri: ErrorURI.invalidURI, message: "not a valid URI: \(uri)")
        }
    }

    /// The `match` option, checked here for the same reason.
    func match(_ options: Object) throws(WAMPError) -> MatchPolicy {
        guard let value = options["match"] else { return .exact }
        guard let match = value.string.flatMap(MatchPolicy.init) else {
            throw WAMPError(.invalidArgument, message: "match is one of exact, prefix and wildcard")
        }
        return match
    }
}

extension Duration {
    /// At least 1.
    var roundedUpMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? Int64.max : max(1, whole + fraction)
    }
}

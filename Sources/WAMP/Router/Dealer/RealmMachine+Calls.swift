import Values

// MARK: - From CALL to INVOCATION (wamp-protocol.md 8.1 to 8.4)

extension RealmMachine {
    mutating func call(
        _ request: UInt64, _ options: Object, _ procedure: String, _ payload: Payload, _ session: UInt64
    ) throws(WAMPError) {
        let settings = try CallSettings(options)
        guard members[session]?.calls[request] == nil else {
            throw Self.violation("CALL has the number of a call that still waits")
        }
        if try refuseProgressive(request, settings, session) { return }
        try checkSequence(request, session)
        let registration = procedures.best(for: procedure)
        guard registration != nil || RouterURI.isValid(procedure) else {
            return fail(MessageCode.call, request, ErrorURI.invalidURI, "no procedure", to: session)
        }
        if let sentence = refusal(.call, procedure, by: session) {
            return fail(MessageCode.call, request, ErrorURI.notAuthorized, sentence, to: session)
        }
        if RouterURI.isReserved(procedure) { return callMeta(request, procedure, payload, session) }
        guard let registration, let target = procedures[registration] else {
            return fail(
                MessageCode.call, request, ErrorURI.noSuchProcedure, "no callee registered for procedure \(procedure)",
                to: session)
        }
        guard members[session]?.calls.count ?? 0 < self.options.callsPerSession else {
            return fail(MessageCode.call, request, ErrorURI.unavailable, "too many calls at once", to: session)
        }
        invoke(registration, target, CallKey(caller: session, request: request), settings, payload)
    }

    /// Progressive invocations are not announced: whoever announces them is told so once, and the further parts of
    /// such a call are late ones of a finished call. Whoever does not breaks the protocol (8.4).
    /// - Returns: whether the message is dealt with.
    private mutating func refuseProgressive(
        _ request: UInt64, _ settings: CallSettings, _ session: UInt64
    ) throws(WAMPError) -> Bool {
        if members[session]?.refusedCall == request {
            if !settings.isProgressive { members[session]?.refusedCall = nil }
            return true
        }
        guard settings.isProgressive else { return false }
        guard members[session]?.features.contains(.progressiveInvocations) == true else {
            throw Self.violation("a progressive CALL without the announcement")
        }
        try checkSequence(request, session)
        members[session]?.refusedCall = request
        fail(
            MessageCode.call, request, ErrorURI.featureNotSupported, "progressive invocations are not supported",
            to: session)
        return true
    }

    private mutating func invoke(
        _ registration: UInt64, _ target: ProcedureTable.Procedure, _ key: CallKey, _ settings: CallSettings,
        _ payload: Payload
    ) {
        guard var details = members[key.caller]?.asCaller(), let features = members[target.callee]?.features,
            let invocation = members[target.callee]?.invocationNumbers.next()
        else { return }
        if settings.receivesProgress && features.contains(.progressiveResults) { details["receive_progress"] = true }
        let isForwarded = target.forwardsTimeout && features.contains(.callTimeout)
        if isForwarded && settings.timeout > 0 { details["timeout"] = .integer(settings.timeout) }
        let timer = settings.timeout > 0 && !isForwarded ? nextTimer() : nil
        members[key.caller]?.calls[key.request] = PendingCall(
            callee: target.callee, invocation: invocation, receivesProgress: settings.receivesProgress, timer: timer,
            timeout: .milliseconds(settings.timeout))
        members[target.callee]?.invocations[invocation] = key
        send(
            .invocation(request: invocation, registration: registration, details: details, payload: payload),
            to: target.callee)
        guard let timer else { return }
        timers[timer] = key
        emit(.startTimer(timer, .milliseconds(settings.timeout)))
    }

    private mutating func nextTimer() -> RouterTimerID {
        lastTimer &+= 1
        return RouterTimerID(lastTimer)
    }
}

public import AsyncSupport
import Values

// MARK: - Answers and ends of calls (wamp-protocol.md 8.3, 8.5, 8.6)

extension RealmMachine {
    /// YIELD. One for a call that is over is the normal race with a cancellation, a timeout or the caller's end.
    mutating func yielded(_ invocation: UInt64, _ options: Object, _ payload: Payload, _ session: UInt64)
        throws(WAMPError)
    {
        let isProgress = try RequestOptions("YIELD", options).flag("progress") ?? false
        guard let key = members[session]?.invocations[invocation] else { return }
        guard isProgress else {
            finish(key)
            return send(.result(request: key.request, details: [:], payload: payload), to: key.caller)
        }
        // What the caller did not ask for it would have to drop.
        guard let call = members[key.caller]?.calls[key.request], call.receivesProgress else { return }
        send(.result(request: key.request, details: ["progress": true], payload: payload), to: key.caller)
        if let timer = call.timer { emit(.startTimer(timer, call.timeout)) }
    }

    /// ERROR of a callee: its URI and payload go on unchanged.
    mutating func failed(_ invocation: UInt64, _ uri: String, _ payload: Payload, _ session: UInt64) {
        guard let key = members[session]?.invocations[invocation] else { return }
        finish(key)
        let error = Message.error(
            type: MessageCode.call, request: key.request, details: [:], uri: uri, payload: payload)
        send(error, to: key.caller)
    }

    /// CANCEL. One for a call that is over is ignored.
    mutating func cancel(_ request: UInt64, _ options: Object, _ session: UInt64) throws(WAMPError) {
        let mode: CancelMode = try RequestOptions("CANCEL", options).choice("mode") ?? .killnowait
        let key = CallKey(caller: session, request: request)
        guard let call = members[session]?.calls[request] else { return }
        if mode != .skip { interrupt(key, mode, reason: ErrorURI.canceled) }
        // A callee that cannot be interrupted is left alone, and the caller is free at once.
        if mode == .kill && canInterrupt(call.callee) { return }
        end(key, ErrorURI.canceled, "the call was canceled")
    }

    /// A timer ran out: the call has had its time.
    public mutating func timerFired(_ id: RouterTimerID, now: WallTime) -> [RouterAction] {
        guard let key = timers.removeValue(forKey: id) else { return [] }
        interrupt(key, .killnowait, reason: ErrorURI.timeout)
        end(key, ErrorURI.timeout, "the call timed out")
        return take()
    }

    /// A message of this machine is larger than the session's transport carries (wamp-protocol.md 6.2). The call it
    /// belongs to fails; an EVENT is dropped for that session.
    public mutating func undeliverable(_ message: Message, to session: UInt64, now: WallTime) -> [RouterAction] {
        let sentence = "the message is too large"
        switch message {
        case .invocation(let invocation, _, _, _):
            if let key = members[session]?.invocations[invocation] {
                end(key, ErrorURI.payloadSizeExceeded, sentence)
            }
        case .result(let request, _, _):
            let key = CallKey(caller: session, request: request)
            interrupt(key, .killnowait, reason: ErrorURI.canceled)
            finish(key)
            fail(MessageCode.call, request, ErrorURI.payloadSizeExceeded, sentence, to: session)
        case .error(let type, let request, _, _, _):
            fail(type, request, ErrorURI.payloadSizeExceeded, sentence, to: session)
        default: break
        }
        return take()
    }

    /// The session's calls in both directions, which is gone from the table of members.
    mutating func abandonCalls(of member: Member) {
        for (_, call) in member.calls.sorted(by: { $0.key < $1.key }) {
            if let timer = call.timer { stop(timer) }
            members[call.callee]?.invocations[call.invocation] = nil
            guard !call.isInterrupted else { continue }
            sendInterrupt(call, .killnowait, reason: ErrorURI.canceled)
        }
        for (_, key) in member.invocations.sorted(by: { $0.key < $1.key }) where key.caller != member.identity.session {
            end(key, ErrorURI.canceled, "the callee left before it answered")
        }
    }
}

extension RealmMachine {
    private func canInterrupt(_ callee: UInt64) -> Bool {
        members[callee]?.features.contains(.callCanceling) ?? false
    }

    /// Tells the callee once, if it can be told.
    private mutating func interrupt(_ key: CallKey, _ mode: CancelMode, reason: String) {
        guard let call = members[key.caller]?.calls[key.request], !call.isInterrupted else { return }
        members[key.caller]?.calls[key.request]?.isInterrupted = true
        sendInterrupt(call, mode, reason: reason)
    }

    private mutating func sendInterrupt(_ call: PendingCall, _ mode: CancelMode, reason: String) {
        guard canInterrupt(call.callee) else { return }
        let options: Object = ["mode": .string(mode.rawValue), "reason": .string(reason)]
        send(.interrupt(request: call.invocation, options: options), to: call.callee)
    }

    /// Ends a call with an ERROR of the dealer; what the callee may still answer is dropped.
    private mutating func end(_ key: CallKey, _ uri: String, _ sentence: String) {
        guard finish(key) else { return }
        fail(MessageCode.call, key.request, uri, sentence, to: key.caller)
    }

    /// Forgets a call. False when it is over already.
    @discardableResult
    private mutating func finish(_ key: CallKey) -> Bool {
        guard let call = members[key.caller]?.calls.removeValue(forKey: key.request) else { return false }
        members[call.callee]?.invocations[call.invocation] = nil
        if let timer = call.timer { stop(timer) }
        return true
    }

    private mutating func stop(_ timer: RouterTimerID) {
        if timers.removeValue(forKey: timer) != nil { emit(.cancelTimer(timer)) }
    }
}

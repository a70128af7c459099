import Values

// MARK: - Beginning and end of a session (wamp-protocol.md 3)

extension ClientSessionMachine {
    /// Begins the session on a fresh transport: HELLO.
    public mutating func open() -> [ClientSessionAction] {
        guard phase == .idle else { return [] }
        phase = .joining
        var details: Object = ["roles": .object(ClientFeatures.roles)]
        for (key, value) in authenticator.helloDetails { details[key] = value }
        if let agent { details["agent"] = .string(agent) }
        return [.send(.hello(realm: realm, details: details))]
    }

    /// Bytes came that are no message: aborts the session.
    public mutating func receiveInvalid(_ error: WAMPError) -> [ClientSessionAction] { violated(error) }

    /// The transport closed, cleanly (nil) or not.
    public mutating func transportClosed(_ reason: String? = nil) -> [ClientSessionAction] {
        // After our GOODBYE the close is as good as the reply, which nexus may lose (wamp-protocol.md 3.3).
        if phase == .leaving { return end(.left, reason: CloseURI.closeRealm, message: "the transport closed") }
        return end(.lost, reason: "", message: reason ?? "the transport closed")
    }

    /// Says GOODBYE. The end comes with the router's reply or with the transport's close; the owner bounds the wait
    /// and closes the transport itself. Whatever waits for an answer fails now, since nothing is read any more.
    public mutating func leave(reason: String = CloseURI.closeRealm) -> [ClientSessionAction] {
        switch phase {
        case .idle:
            return end(.left, reason: reason, message: "the session was not begun")
        case .joining:
            let abort = Message.abort(details: [:], reason: reason, payload: Payload())
            return [.send(abort)] + end(.left, reason: reason, message: "given up while joining")
        case .open:
            phase = .leaving
            return [.send(.goodbye(details: [:], reason: reason))] + release("the session was left")
        case .leaving, .over:
            return []
        }
    }

    mutating func welcomed(_ session: UInt64, _ details: Object) -> [ClientSessionAction] {
        phase = .open
        self.session = session
        welcome = details
        return [.opened(session: session, welcome: details)]
    }

    mutating func challenged(_ method: String, _ extra: Object) -> [ClientSessionAction] {
        do {
            return [.send(try authenticator.answer(method: method, extra: extra))]
        } catch {
            return violated(error)
        }
    }

    mutating func goodbye(_ details: Object, _ reason: String) -> [ClientSessionAction] {
        let message = details.text("message") ?? ""
        guard phase != .leaving else { return end(.left, reason: reason, message: message, details: details) }
        let reply = Message.goodbye(details: [:], reason: CloseURI.goodbyeAndOut)
        return (isOpen ? [.send(reply)] : [])
            + end(.closedByRouter, reason: reason, message: message, details: details)
    }

    mutating func aborted(_ details: Object, _ reason: String, _ payload: Payload) -> [ClientSessionAction] {
        let message = details.text("message") ?? payload.args.first?.string ?? ""
        return end(.aborted, reason: reason, message: message, details: details)
    }

    /// The router broke the protocol: ABORT, and the session is over (wamp-protocol.md 3.4).
    mutating func violated(_ error: WAMPError) -> [ClientSessionAction] {
        guard phase != .over else { return [] }
        // After GOODBYE nothing more is sent, and the transport is closed anyway.
        if phase == .leaving { return end(.left, reason: CloseURI.closeRealm, message: error.message) }
        let abort = Message.abort(
            details: ["message": .string(error.message)], reason: error.uri, payload: Payload())
        return [.send(abort)] + end(.violated, reason: error.uri, message: error.message)
    }

    mutating func end(_ kind: SessionEnd.Kind, reason: String, message: String, details: Object = [:])
        -> [ClientSessionAction]
    {
        guard phase != .over else { return [] }
        phase = .over
        let end = SessionEnd(
            kind: kind, reason: reason, message: message, details: details, wasOpen: session != nil)
        return release(message.isEmpty ? reason : message) + [.ended(end)]
    }

    /// Lets go of everything that the session held (wamp-protocol.md 12, robustness 7).
    private mutating func release(_ cause: String) -> [ClientSessionAction] {
        let error = WAMPError(.sessionLost, message: "the session is over: \(cause)")
        var actions = pending.drain().map { ClientSessionAction.complete($0, .failure(error)) }
        actions += invocations.drain().map { .cancelInvocation($0) }
        actions += registrations.drain().map { .registrationEnded($0, error) }
        actions += subscriptions.drain().map { .subscriptionEnded($0, error) }
        return actions
    }
}

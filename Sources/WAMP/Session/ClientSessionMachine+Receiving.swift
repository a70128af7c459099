// MARK: - Messages of the router

extension ClientSessionMachine {
    /// Takes a message from the router.
    public mutating func receive(_ message: Message) -> [ClientSessionAction] {
        switch phase {
        case .idle, .joining: receiveJoining(message)
        case .open: receiveOpen(message)
        case .leaving: receiveLeaving(message)
        case .over: []
        }
    }

    private mutating func receiveJoining(_ message: Message) -> [ClientSessionAction] {
        switch message {
        case .welcome(let session, let details) where phase == .joining: welcomed(session, details)
        case .challenge(let method, let extra) where phase == .joining: challenged(method, extra)
        case .abort(let details, let reason, let payload): aborted(details, reason, payload)
        case .goodbye(let details, let reason): goodbye(details, reason)
        case .extended: []
        default: unexpected(message)
        }
    }

    private mutating func receiveOpen(_ message: Message) -> [ClientSessionAction] {
        switch message {
        case .abort(let details, let reason, let payload): aborted(details, reason, payload)
        case .goodbye(let details, let reason): goodbye(details, reason)
        case .error(let type, let request, let details, let uri, let payload):
            failed(type, request, details, uri, payload)
        case .published(let request, let publication): published(request, publication)
        case .subscribed(let request, let subscription): subscribed(request, subscription)
        case .unsubscribed(let request, let details): unsubscribed(request, details)
        case .event(let subscription, let publication, let details, let payload):
            event(subscription, publication, details, payload)
        case .result(let request, let details, let payload): result(request, details, payload)
        case .registered(let request, let registration): registered(request, registration)
        case .unregistered(let request, let details): unregistered(request, details)
        case .invocation(let request, let registration, let details, let payload):
            invocation(request, registration, details, payload)
        case .interrupt(let request, let options): interrupt(request, options)
        case .extended: []
        case .hello, .welcome, .challenge, .authenticate, .publish, .subscribe, .unsubscribe, .call, .cancel,
            .register, .unregister, .yield:
            unexpected(message)
        }
    }

    /// Only the end is of interest; Crossbar may send an ERROR after our GOODBYE (wamp-protocol.md 3.3).
    private mutating func receiveLeaving(_ message: Message) -> [ClientSessionAction] {
        switch message {
        case .goodbye(let details, let reason): goodbye(details, reason)
        case .abort(let details, let reason, _):
            end(.left, reason: reason, message: details.text("message") ?? "", details: details)
        default: []
        }
    }

    mutating func unexpected(_ message: Message) -> [ClientSessionAction] {
        violated(WAMPError(.protocolViolation, message: "the router sent \(message.name) where it has no place"))
    }
}

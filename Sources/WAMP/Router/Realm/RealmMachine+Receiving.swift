public import AsyncSupport
import Values

// MARK: - Messages of clients

extension RealmMachine {
    /// Takes a message of a session that joined. One of a session that ended is ignored: after GOODBYE nothing counts
    /// any more (wamp-protocol.md 3.3).
    public mutating func receive(_ message: Message, from session: UInt64, now: WallTime) -> [RouterAction] {
        guard members[session] != nil else { return [] }
        do {
            try route(message, session, now)
        } catch {
            violated(error, by: session)
        }
        return take()
    }

    private mutating func route(_ message: Message, _ session: UInt64, _ now: WallTime) throws(WAMPError) {
        switch message {
        case .publish(let request, let options, let topic, let payload):
            try checkSequence(request, session)
            try publish(request, options, topic, payload, session)
        case .call(let request, let options, let procedure, let payload):
            try call(request, options, procedure, payload, session)
        case .yield(let request, let options, let payload): try yielded(request, options, payload, session)
        case .error(let type, let request, _, let uri, let payload):
            guard type == MessageCode.invocation else { throw Self.violation("an ERROR that answers no INVOCATION") }
            failed(request, uri, payload, session)
        case .subscribe(let request, let options, let topic):
            try checkSequence(request, session)
            try subscribe(request, options, topic, session, now)
        case .unsubscribe(let request, let subscription):
            try checkSequence(request, session)
            unsubscribe(request, subscription, session)
        case .register(let request, let options, let procedure):
            try checkSequence(request, session)
            try register(request, options, procedure, session, now)
        case .unregister(let request, let registration):
            try checkSequence(request, session)
            unregister(request, registration, session)
        case .cancel(let request, let options): try cancel(request, options, session)
        case .goodbye: saidGoodbye(session)
        case .abort(_, let reason, _): saidAbort(reason, session)
        // Codes from 256 on belong to implementations: autobahn's EVENT_RECEIVED is one (wamp-protocol.md 1).
        case .extended: break
        case .hello, .welcome, .challenge, .authenticate, .published, .subscribed, .unsubscribed, .event, .result,
            .registered, .unregistered, .invocation, .interrupt:
            throw Self.violation("\(message.name) has no place here")
        }
    }

    /// - Throws: `protocolViolation` for a gap, in a realm that is strict (wamp-protocol.md 2.1).
    mutating func checkSequence(_ request: UInt64, _ session: UInt64) throws(WAMPError) {
        guard options.strictRequestIDs else { return }
        guard request == members[session]?.lastRequest.next() else {
            throw Self.violation("request numbers that do not follow each other")
        }
    }

    static func violation(_ text: String) -> WAMPError { WAMPError(.protocolViolation, message: text) }
}

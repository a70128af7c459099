public import Values

extension Message {
    /// Reads a message from its list form.
    /// - Throws: `protocolViolation` for anything that is no message (wamp-protocol.md 3.4).
    public init(value: Value) throws(WAMPError) {
        guard let list = value.array, let first = list.first else {
            throw WAMPError(.protocolViolation, message: "a message is a list that is not empty")
        }
        guard let code = WAMPID(value: first)?.number else {
            throw WAMPError(.protocolViolation, message: "a message starts with its code")
        }
        if (256...1023).contains(code) {
            self = .extended(code: code, elements: Array(list.dropFirst()))
            return
        }
        guard let shape = MessageShape.table[code] else {
            throw WAMPError(.protocolViolation, message: "unknown message code \(code)")
        }
        self = try Message(code: code, MessageElements(Array(list.dropFirst()), shape: shape))
    }

    init(code: UInt64, _ elements: MessageElements) throws(WAMPError) {
        guard
            let message = Self.opening(code, elements) ?? Self.publishing(code, elements)
                ?? Self.calling(code, elements)
        else { throw WAMPError(.protocolViolation, message: "unknown message code \(code)") }
        self = message
    }

    private static func opening(_ code: UInt64, _ elements: MessageElements) -> Message? {
        switch code {
        case MessageCode.hello: .hello(realm: elements.text(0), details: elements.dictionary(1))
        case MessageCode.welcome: .welcome(session: elements.number(0), details: elements.dictionary(1))
        case MessageCode.abort:
            .abort(details: elements.dictionary(0), reason: elements.text(1), payload: elements.payload)
        case MessageCode.challenge: .challenge(method: elements.text(0), extra: elements.dictionary(1))
        case MessageCode.authenticate: .authenticate(signature: elements.text(0), extra: elements.dictionary(1))
        case MessageCode.goodbye: .goodbye(details: elements.dictionary(0), reason: elements.text(1))
        case MessageCode.error:
            .error(
                type: elements.number(0), request: elements.number(1), details: elements.dictionary(2),
                uri: elements.text(3), payload: elements.payload)
        default: nil
        }
    }

    private static func publishing(_ code: UInt64, _ elements: MessageElements) -> Message? {
        let request = elements.number(0)
        return switch code {
        case MessageCode.publish:
            .publish(
                request: request, options: elements.dictionary(1), topic: elements.text(2), payload: elements.payload)
        case MessageCode.published: .published(request: request, publication: elements.number(1))
        case MessageCode.subscribe:
            .subscribe(request: request, options: elements.dictionary(1), topic: elements.text(2))
        case MessageCode.subscribed: .subscribed(request: request, subscription: elements.number(1))
        case MessageCode.unsubscribe: .unsubscribe(request: request, subscription: elements.number(1))
        case MessageCode.unsubscribed: .unsubscribed(request: request, details: elements.dictionary(1))
        case MessageCode.event:
            .event(
                subscription: request, publication: elements.number(1), details: elements.dictionary(2),
                payload: elements.payload)
        default: nil
        }
    }

    private static func calling(_ code: UInt64, _ elements: MessageElements) -> Message? {
        let request = elements.number(0)
        return switch code {
        case MessageCode.call:
            .call(
                request: request, options: elements.dictionary(1), procedure: elements.text(2),
                payload: elements.payload)
        case MessageCode.cancel: .cancel(request: request, options: elements.dictionary(1))
        case MessageCode.result:
            .result(request: request, details: elements.dictionary(1), payload: elements.payload)
        case MessageCode.register:
            .register(request: request, options: elements.dictionary(1), procedure: elements.text(2))
        case MessageCode.registered: .registered(request: request, registration: elements.number(1))
        case MessageCode.unregister: .unregister(request: request, registration: elements.number(1))
        case MessageCode.unregistered: .unregistered(request: request, details: elements.dictionary(1))
        case MessageCode.invocation:
            .invocation(
                request: request, registration: elements.number(1), details: elements.dictionary(2),
                payload: elements.payload)
        case MessageCode.interrupt: .interrupt(request: request, options: elements.dictionary(1))
        case MessageCode.yield:
            .yield(request: request, options: elements.dictionary(1), payload: elements.payload)
        default: nil
        }
    }
}

public import Values

extension Message {
    /// The list form, without empty args and kwargs at the end.
    public var value: Value {
        var list = head
        if let payload, !payload.isEmpty {
            list.append(.array(payload.args))
            if !payload.kwargs.isEmpty { list.append(.object(payload.kwargs)) }
        }
        return .array(list)
    }

    /// The elements before args and kwargs.
    var head: [Value] { [.integer(code)] + elements }

    /// The type code.
    public var code: UInt64 {
        switch self {
        case .hello: MessageCode.hello
        case .welcome: MessageCode.welcome
        case .abort: MessageCode.abort
        case .challenge: MessageCode.challenge
        case .authenticate: MessageCode.authenticate
        case .goodbye: MessageCode.goodbye
        case .error: MessageCode.error
        case .publish: MessageCode.publish
        case .published: MessageCode.published
        case .subscribe: MessageCode.subscribe
        case .subscribed: MessageCode.subscribed
        case .unsubscribe: MessageCode.unsubscribe
        case .unsubscribed: MessageCode.unsubscribed
        case .event: MessageCode.event
        case .call: MessageCode.call
        case .cancel: MessageCode.cancel
        case .result: MessageCode.result
        case .register: MessageCode.register
        case .registered: MessageCode.registered
        case .unregister: MessageCode.unregister
        case .unregistered: MessageCode.unregistered
        case .invocation: MessageCode.invocation
        case .interrupt: MessageCode.interrupt
        case .yield: MessageCode.yield
        case .extended(let code, _): code
        }
    }

    /// The name as the specification writes it, for texts.
    public var name: String { MessageShape.table[code]?.name ?? "message \(code)" }

    /// Args and kwargs; nil for a message that has no place for them.
    public var payload: Payload? {
        switch self {
        case .abort(_, _, let payload), .error(_, _, _, _, let payload), .publish(_, _, _, let payload),
            .event(_, _, _, let payload), .call(_, _, _, let payload), .result(_, _, let payload),
            .invocation(_, _, _, let payload), .yield(_, _, let payload):
            payload
        default: nil
        }
    }

    private var elements: [Value] {
        switch self {
        case .hello(let realm, let details): [.string(realm), .object(details)]
        case .welcome(let session, let details): [.integer(session), .object(details)]
        case .abort(let details, let reason, _): [.object(details), .string(reason)]
        case .challenge(let method, let extra): [.string(method), .object(extra)]
        case .authenticate(let signature, let extra): [.string(signature), .object(extra)]
        case .goodbye(let details, let reason): [.object(details), .string(reason)]
        case .error(let type, let request, let details, let uri, _):
            [.integer(type), .integer(request), .object(details), .string(uri)]
        case .publish(let request, let options, let uri, _), .call(let request, let options, let uri, _),
            .subscribe(let request, let options, let uri), .register(let request, let options, let uri):
            [.integer(request), .object(options), .string(uri)]
        case .published(let request, let id), .subscribed(let request, let id), .unsubscribe(let request, let id),
            .registered(let request, let id), .unregister(let request, let id):
            [.integer(request), .integer(id)]
        case .unsubscribed(let request, let details), .unregistered(let request, let details):
            details.isEmpty ? [.integer(request)] : [.integer(request), .object(details)]
        case .event(let subscription, let publication, let details, _):
            [.integer(subscription), .integer(publication), .object(details)]
        case .invocation(let request, let registration, let details, _):
            [.integer(request), .integer(registration), .object(details)]
        case .cancel(let request, let options), .interrupt(let request, let options),
            .result(let request, let options, _), .yield(let request, let options, _):
            [.integer(request), .object(options)]
        case .extended(_, let elements): elements
        }
    }
}

import AsyncSupport
import Testing
import Values
import WAMP

/// A realm for tests, and short ways to look at what it does.
struct TestRealm {
    static let now = WallTime(seconds: 1_767_323_045, nanoseconds: 250_000_000)
    static let calleeFeatures = ["call_canceling", "call_timeout", "progressive_call_results"]

    var machine: RealmMachine

    init(
        sessions: [UInt64] = [], options: RealmOptions = RealmOptions(), seed: UInt64 = 1,
        authorize: @escaping RealmMachine.Authorization = { _, _, _, _ in true }
    ) {
        machine = RealmMachine(
            realm: "realm1", options: options, authorize: authorize, random: SeededGenerator(seed: seed))
        for session in sessions { join(session) }
    }

    static func identity(_ session: UInt64, authID: String? = nil, role: String = "user") -> SessionIdentity {
        SessionIdentity(
            session: session, realm: "realm1", authID: authID ?? "user\(session)", authRole: role,
            authMethod: "wampcra", authProvider: "static", transport: ["type": "websocket"])
    }

    static func hello(callee: [String], caller: [String]) -> Object {
        ["roles": ["callee": features(callee), "caller": features(caller), "publisher": [:], "subscriber": [:]]]
    }

    private static func features(_ names: [String]) -> Value {
        ["features": .object(Object(names.map { ($0, true) }))]
    }

    @discardableResult
    mutating func join(
        _ session: UInt64, authID: String? = nil, role: String = "user", callee: [String] = calleeFeatures,
        caller: [String] = []
    ) -> [RouterAction] {
        machine.join(
            Self.identity(session, authID: authID, role: role), hello: Self.hello(callee: callee, caller: caller),
            now: Self.now)
    }

    @discardableResult
    mutating func receive(_ message: Message, from session: UInt64) -> [RouterAction] {
        machine.receive(message, from: session, now: Self.now)
    }

    @discardableResult
    mutating func leave(_ session: UInt64) -> [RouterAction] { machine.leave(session, now: Self.now) }

    // MARK: Requests with their usual answer

    mutating func subscribe(_ session: UInt64, _ topic: String, _ options: Object = [:], request: UInt64 = 1) throws
        -> UInt64
    {
        let actions = receive(.subscribe(request: request, options: options, topic: topic), from: session)
        guard case .subscribed(request, let id) = try #require(actions.sent(to: session).first) else {
            throw Unexpected(actions: actions)
        }
        return id
    }

    mutating func register(_ session: UInt64, _ procedure: String, _ options: Object = [:], request: UInt64 = 1) throws
        -> UInt64
    {
        let actions = receive(.register(request: request, options: options, procedure: procedure), from: session)
        let answers = actions.sent(to: session).filter { $0.code == MessageCode.registered }
        guard case .registered(request, let id) = try #require(answers.first) else {
            throw Unexpected(actions: actions)
        }
        return id
    }

    @discardableResult
    mutating func publish(
        _ session: UInt64, _ topic: String, _ options: Object = [:], _ payload: Payload = Payload(), request: UInt64 = 1
    ) -> [RouterAction] {
        receive(.publish(request: request, options: options, topic: topic, payload: payload), from: session)
    }

    @discardableResult
    mutating func call(
        _ session: UInt64, _ procedure: String, _ options: Object = [:], _ payload: Payload = Payload(),
        request: UInt64 = 1
    ) -> [RouterAction] {
        receive(.call(request: request, options: options, procedure: procedure, payload: payload), from: session)
    }

    /// Calls a procedure of the router and gives its result.
    mutating func meta(
        _ session: UInt64, _ procedure: String, _ args: [Value] = [], kwargs: Object = [:], request: UInt64 = 1
    ) throws -> [Value] {
        let actions = call(session, procedure, [:], Payload(args, kwargs: kwargs), request: request)
        let answers = actions.sent(to: session).filter { $0.code == MessageCode.result }
        guard case .result(request, [:], let payload) = try #require(answers.first) else {
            throw Unexpected(actions: actions)
        }
        return payload.args
    }

    /// The error that a procedure of the router answers with.
    mutating func metaError(
        _ session: UInt64, _ procedure: String, _ args: [Value] = [], kwargs: Object = [:]
    ) -> String? {
        call(session, procedure, [:], Payload(args, kwargs: kwargs)).errors(to: session).first?.uri
    }

    struct Unexpected: Error { let actions: [RouterAction] }
}

/// An ERROR that a session was sent.
struct SentError: Hashable {
    let type: UInt64
    let request: UInt64
    let uri: String
    let sentence: String?
}

/// An EVENT that a session was sent.
struct SentEvent: Hashable {
    let subscription: UInt64
    let publication: UInt64
    let details: Object
    let args: [Value]
}

extension [RouterAction] {
    /// What the session is sent, in order.
    func sent(to session: UInt64) -> [Message] {
        compactMap { action in
            switch action {
            case .send(let message, session): message
            case .sendEvent(let message, let receivers): receivers.contains(session) ? message : nil
            default: nil
            }
        }
    }

    func codes(to session: UInt64) -> [UInt64] { sent(to: session).map(\.code) }

    func errors(to session: UInt64) -> [SentError] {
        sent(to: session).compactMap { message in
            guard case .error(let type, let request, _, let uri, let payload) = message else { return nil }
            return SentError(type: type, request: request, uri: uri, sentence: payload.args.first?.string)
        }
    }

    func events(to session: UInt64) -> [SentEvent] {
        sent(to: session).compactMap { message in
            guard case .event(let subscription, let publication, let details, let payload) = message else { return nil }
            return SentEvent(
                subscription: subscription, publication: publication, details: details, args: payload.args)
        }
    }

    /// Request number and details of each INVOCATION.
    func invocations(to session: UInt64) -> [(request: UInt64, details: Object)] {
        sent(to: session).compactMap { message in
            if case .invocation(let request, _, let details, _) = message { (request, details) } else { nil }
        }
    }

    /// Invocation and mode of each INTERRUPT.
    func interrupts(to session: UInt64) -> [String] {
        sent(to: session).compactMap { message in
            guard case .interrupt(let request, let options) = message else { return nil }
            return "\(request) \(options["mode"]?.string ?? "-") \(options["reason"]?.string ?? "-")"
        }
    }

    /// The reasons of ABORT.
    func aborts(to session: UInt64) -> [String] {
        sent(to: session).compactMap { if case .abort(_, let reason, _) = $0 { reason } else { nil } }
    }

    var ends: [UInt64: RouterSessionEnd] {
        var ends: [UInt64: RouterSessionEnd] = [:]
        for case .end(let session, let end) in self { ends[session] = end }
        return ends
    }

    var timersStarted: [(id: RouterTimerID, duration: Duration)] {
        compactMap { if case .startTimer(let id, let duration) = $0 { (id, duration) } else { nil } }
    }

    var timersCancelled: [RouterTimerID] { compactMap { if case .cancelTimer(let id) = $0 { id } else { nil } } }
}

import Testing
import Values
import WAMP

@Suite("Life of a session")
struct LifeCycleTests {
    private func joining() -> ClientSessionMachine {
        var machine = ClientSessionMachine(realm: "realm1", authentication: .wampcra(authID: "a", secret: "s"))
        _ = machine.open()
        return machine
    }

    @Test("Before WELCOME every operation is refused as not connected")
    func notConnected() {
        var machine = joining()
        let errors = [
            #expect(throws: WAMPError.self) { try machine.call("a.b") },
            #expect(throws: WAMPError.self) { try machine.publish("a.b") },
            #expect(throws: WAMPError.self) { try machine.register("a.b") },
            #expect(throws: WAMPError.self) { try machine.subscribe("a.b") },
        ]
        #expect(errors.map { $0?.code } == Array(repeating: .notConnected, count: 4))
    }

    static let premature: [Message] = [
        .event(subscription: 1, publication: 1, details: [:], payload: Payload()),
        .invocation(request: 1, registration: 1, details: [:], payload: Payload()),
        .result(request: 1, details: [:], payload: Payload()), .registered(request: 1, registration: 1),
        .error(type: 48, request: 1, details: [:], uri: "e.x", payload: Payload()),
        .hello(realm: "r", details: [:]), .subscribed(request: 1, subscription: 1),
    ]

    @Test("What belongs into an open session is a violation before it is open", arguments: premature)
    func tooEarly(_ message: Message) throws {
        var machine = joining()
        let actions = machine.receive(message)
        guard case .abort(_, "wamp.error.protocol_violation", _) = try #require(actions.sent.first) else {
            Issue.record("\(actions)")
            return
        }
        let end = try #require(actions.ends.first)
        #expect(end.kind == .violated)
        #expect(!end.wasOpen)
        #expect(actions.last == .ended(end))
        #expect(machine.receive(OpenSession.welcome()).isEmpty)
    }

    static let clientOnly: [Message] = [
        .hello(realm: "r", details: [:]), .welcome(session: 1, details: [:]), .challenge(method: "x", extra: [:]),
        .authenticate(signature: "", extra: [:]), .publish(request: 1, options: [:], topic: "t", payload: Payload()),
        .subscribe(request: 1, options: [:], topic: "t"), .unsubscribe(request: 1, subscription: 1),
        .call(request: 1, options: [:], procedure: "p", payload: Payload()), .cancel(request: 1, options: [:]),
        .register(request: 1, options: [:], procedure: "p"), .unregister(request: 1, registration: 1),
        .yield(request: 1, options: [:], payload: Payload()),
    ]

    @Test("What only clients send, and a second opening, are violations in an open session", arguments: clientOnly)
    func wrongSender(_ message: Message) {
        var machine = OpenSession.make()
        let ends = machine.receive(message).ends
        #expect(ends.map(\.kind) == [.violated])
        #expect(ends.first?.wasOpen == true)
        #expect(!machine.isOpen)
    }

    @Test("An answer of another kind than the request is a violation, and the waiter learns of the end")
    func mismatch() throws {
        for reply: Message in [
            .subscribed(request: 1, subscription: 5), .registered(request: 1, registration: 5),
            .published(request: 1, publication: 5), .unregistered(request: 1, details: [:]),
            .unsubscribed(request: 1, details: [:]),
        ] {
            var machine = OpenSession.make()
            let call = try machine.call("a.b")
            let actions = machine.receive(reply)
            #expect(actions.ends.map(\.kind) == [.violated])
            #expect(actions.failure(of: call.operation)?.code == .sessionLost)
        }
        var machine = OpenSession.make()
        _ = try machine.register("a.b")
        #expect(machine.receive(.result(request: 1, details: [:], payload: Payload())).ends.count == 1)
    }

    @Test("An ERROR whose type is no request is a violation", arguments: [1, 36, 50, 68, 70, 99] as [UInt64])
    func errorType(_ type: UInt64) {
        var machine = OpenSession.make()
        let error = Message.error(type: type, request: 1, details: [:], uri: "e.x", payload: Payload())
        #expect(machine.receive(error).ends.map(\.kind) == [.violated])
    }

    @Test("Answers to requests that nobody made, or that are over, are dropped")
    func unknownAnswers() {
        var machine = OpenSession.make()
        for message: Message in [
            .result(request: 9, details: [:], payload: Payload()), .registered(request: 9, registration: 1),
            .subscribed(request: 9, subscription: 1), .published(request: 9, publication: 1),
            .unregistered(request: 9, details: [:]), .unsubscribed(request: 9, details: [:]),
            .error(type: 48, request: 9, details: [:], uri: "e.x", payload: Payload()),
            .result(request: 9, details: ["progress": true], payload: Payload()),
            .interrupt(request: 9, options: [:]), .extended(code: 337, elements: [1]),
            .unregistered(request: 0, details: [:]), .unregistered(request: 0, details: ["registration": 4]),
            .unsubscribed(request: 0, details: ["subscription": "x"]),
        ] { #expect(machine.receive(message).isEmpty, "\(message)") }
        #expect(machine.isOpen)
    }

    @Test("Bytes that are no message abort the session")
    func invalid() {
        var machine = OpenSession.make()
        let actions = machine.receiveInvalid(WAMPError(.protocolViolation, message: "no JSON"))
        #expect(actions.sent.first?.code == MessageCode.abort)
        #expect(actions.ends.first?.message == "no JSON")
        #expect(machine.receiveInvalid(WAMPError(.protocolViolation, message: "again")).isEmpty)
    }

    @Test("GOODBYE of the router is answered, ends everything that was pending, and is told with its text")
    func goodbyeByRouter() throws {
        var machine = OpenSession.make()
        let call = try machine.call("a.b")
        let actions = machine.receive(
            .goodbye(details: ["message": "bye"], reason: "wamp.close.system_shutdown"))
        #expect(actions.sent == [.goodbye(details: [:], reason: "wamp.close.goodbye_and_out")])
        #expect(actions.failure(of: call.operation)?.code == .sessionLost)
        let end = try #require(actions.ends.first)
        #expect(end.kind == .closedByRouter)
        #expect(end.reason == "wamp.close.system_shutdown")
        #expect(end.message == "bye")
        #expect(machine.transportClosed().isEmpty)
    }

    @Test("After our GOODBYE the reply or the transport's close is a clean end, and all else is ignored")
    func leaving() {
        let noise: [Message] = [
            .error(type: 48, request: 1, details: [:], uri: "e.x", payload: Payload()),
            .event(subscription: 1, publication: 1, details: [:], payload: Payload()),
            .welcome(session: 1, details: [:]), .extended(code: 300, elements: []),
        ]
        for byReply in [true, false] {
            var machine = OpenSession.make()
            #expect(machine.leave().sent == [.goodbye(details: [:], reason: "wamp.close.close_realm")])
            #expect(machine.leave().isEmpty)
            for message in noise { #expect(machine.receive(message).isEmpty) }
            let actions =
                byReply
                ? machine.receive(.goodbye(details: [:], reason: "wamp.close.goodbye_and_out"))
                : machine.transportClosed("reset by peer")
            #expect(actions.ends.map(\.kind) == [.left])
            #expect(actions.sent.isEmpty)
        }
    }

    @Test("After our GOODBYE garbage and ABORT are a clean end too")
    func leavingBadly() {
        var machine = OpenSession.make()
        _ = machine.leave()
        #expect(
            machine.receiveInvalid(WAMPError(.protocolViolation, message: "x")).ends.map(\.kind) == [.left])
        var other = OpenSession.make()
        _ = other.leave()
        let abort = Message.abort(details: [:], reason: "wamp.error.x", payload: Payload())
        #expect(other.receive(abort).ends.map(\.kind) == [.left])
    }

    @Test("Leaving while joining aborts, leaving before the beginning sends nothing")
    func leavingEarly() {
        var machine = joining()
        let actions = machine.leave()
        #expect(actions.sent == [.abort(details: [:], reason: "wamp.close.close_realm", payload: Payload())])
        #expect(actions.ends.map(\.kind) == [.left])
        var idle = ClientSessionMachine(realm: "r", authentication: .anonymous)
        #expect(idle.leave().sent.isEmpty)
        #expect(idle.open().isEmpty)
    }

    @Test("A lost transport is transient and says why, in every phase")
    func lost() throws {
        for (var machine, wasOpen) in [(joining(), false), (OpenSession.make(), true)] {
            let end = try #require(machine.transportClosed("reset by peer").ends.first)
            #expect(end.kind == .lost)
            #expect(end.message == "reset by peer")
            #expect(end.wasOpen == wasOpen)
            #expect(!end.isPermanent)
            #expect(machine.transportClosed().isEmpty)
        }
    }

    static let permanent = [
        "not_authorized", "authentication_failed", "authentication_denied", "no_such_principal", "no_such_realm",
        "no_such_role", "no_auth_method",
    ]

    @Test("Refusals of who we are or where we go are permanent", arguments: permanent)
    func permanentReason(_ reason: String) throws {
        var machine = joining()
        let abort = Message.abort(
            details: ["message": "WAMP-CRA client signature is invalid"], reason: "wamp.error.\(reason)",
            payload: Payload())
        let end = try #require(machine.receive(abort).ends.first)
        #expect(end.isPermanent)
        #expect(end.kind == .aborted)
        #expect(end.message == "WAMP-CRA client signature is invalid")
    }

    @Test("Other refusals are transient", arguments: ["authorization_failed", "protocol_violation", "x", "canceled"])
    func transient(_ reason: String) {
        var machine = joining()
        let abort = Message.abort(details: [:], reason: "wamp.error.\(reason)", payload: Payload())
        #expect(machine.receive(abort).ends.map(\.isPermanent) == [false])
    }

    @Test("An ABORT of an open session is transient whatever its reason, and its argument is its text")
    func abortWhenOpen() throws {
        var machine = OpenSession.make()
        let abort = Message.abort(details: [:], reason: "wamp.error.not_authorized", payload: Payload(["gone"]))
        let end = try #require(machine.receive(abort).ends.first)
        #expect(!end.isPermanent)
        #expect(end.message == "gone")
    }
}

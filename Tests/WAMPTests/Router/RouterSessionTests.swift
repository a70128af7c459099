import Testing
import Values
import WAMP

@Suite("Life of a session at the router")
struct RouterSessionTests {
    private let no = Payload()

    // MARK: Ends (3.3)

    @Test("GOODBYE is answered with goodbye_and_out before the transport may close; then nothing counts any more")
    func goodbye() throws {
        var realm = TestRealm(sessions: [1, 2])
        _ = try realm.subscribe(1, "a.b")
        _ = try realm.subscribe(1, "wamp.session.on_leave")
        let actions = realm.receive(.goodbye(details: [:], reason: "wamp.close.normal"), from: 1)
        #expect(
            actions == [
                .send(.goodbye(details: [:], reason: "wamp.close.goodbye_and_out"), to: 1),
                .end(session: 1, .left),
            ])
        #expect(realm.publish(1, "a.b", ["acknowledge": true]).isEmpty)
        #expect(realm.publish(2, "a.b").isEmpty)
        #expect(realm.leave(1).isEmpty)
        #expect(realm.machine.statistics == RealmStatistics(sessions: 1))
    }

    @Test("ABORT of the client is not answered")
    func abort() {
        var realm = TestRealm(sessions: [1])
        let actions = realm.receive(.abort(details: [:], reason: "com.app.bye", payload: no), from: 1)
        #expect(actions == [.end(session: 1, .aborted(reason: "com.app.bye"))])
    }

    @Test("A session may begin again under a new number; one in use is passed over")
    func again() throws {
        var realm = TestRealm(sessions: [1])
        _ = try realm.subscribe(1, "a.b")
        #expect(realm.join(1, authID: "thief").isEmpty)
        #expect(realm.machine.statistics.sessions == 1)
        #expect(
            realm.publish(1, "a.b", ["exclude_me": false]).events(to: 1).first?.details["publisher_authid"] == "user1")
        realm.leave(1)
        realm.join(1, authID: "next")
        #expect(realm.publish(1, "a.b", ["exclude_me": false]).isEmpty)
    }

    @Test("Messages, ends and timers of sessions that are not there are nothing")
    func strangers() {
        var realm = TestRealm(sessions: [1])
        for message in Self.violations + [.goodbye(details: [:], reason: "a.b")] {
            #expect(realm.receive(message, from: 99).isEmpty)
        }
        #expect(realm.leave(99).isEmpty)
        #expect(
            realm.machine.receiveInvalid(WAMPError(.protocolViolation, message: "x"), from: 99, now: TestRealm.now)
                .isEmpty)
        #expect(realm.machine.statistics == RealmStatistics(sessions: 1))
    }

    // MARK: Violations (3.4)

    static let violations: [Message] = [
        .hello(realm: "realm1", details: ["roles": ["caller": [:]]]),
        .welcome(session: 5, details: [:]),
        .challenge(method: "ticket", extra: [:]),
        .authenticate(signature: "x", extra: [:]),
        .error(type: MessageCode.call, request: 1, details: [:], uri: "a.b", payload: Payload()),
        .error(type: MessageCode.publish, request: 1, details: [:], uri: "a.b", payload: Payload()),
        .error(type: 1, request: 1, details: [:], uri: "a.b", payload: Payload()),
        .published(request: 1, publication: 1),
        .subscribed(request: 1, subscription: 1),
        .unsubscribed(request: 0, details: [:]),
        .event(subscription: 1, publication: 1, details: [:], payload: Payload()),
        .result(request: 1, details: [:], payload: Payload()),
        .registered(request: 1, registration: 1),
        .unregistered(request: 0, details: [:]),
        .invocation(request: 1, registration: 1, details: [:], payload: Payload()),
        .interrupt(request: 1, options: [:]),
    ]

    @Test(
        "What only a router sends, a second HELLO and an ERROR that answers no INVOCATION: ABORT and close (3.4)",
        arguments: violations)
    func violation(_ message: Message) throws {
        var realm = TestRealm(sessions: [1, 2, 3])
        _ = try realm.subscribe(2, "wamp.session.on_leave")
        _ = try realm.register(1, "a.b")
        realm.call(3, "a.b")
        let actions = realm.receive(message, from: 1)
        #expect(actions.codes(to: 1) == [MessageCode.abort])
        #expect(actions.aborts(to: 1) == ["wamp.error.protocol_violation"])
        #expect(Array(actions.ends.keys) == [1])
        guard case .violated(let sentence) = actions.ends[1] else {
            Issue.record("not violated")
            return
        }
        #expect(!sentence.isEmpty)
        // The others only notice that it left.
        #expect(actions.codes(to: 2) == [MessageCode.event])
        #expect(actions.errors(to: 3).map(\.uri) == [ErrorURI.canceled])
        #expect(realm.machine.statistics == RealmStatistics(sessions: 2, subscriptions: 1))
    }

    @Test("Bytes that are no message, too few elements and null options: ABORT and close (3.4)")
    func invalid() throws {
        var realm = TestRealm(sessions: [1])
        for text in [
            "[]", "{}", "[99]", "[32,1]", "[48,1,5,\"a.b\"]", "nonsense", "[1,null,{}]", "[1,\"r\",null]",
            "[16,1,null,\"a.b\"]", "[32,1,null,\"a.b\"]", "[48,1,null,\"a.b\"]", "[49,1,null]", "[64,1,null,\"a.b\"]",
            "[70,1,null]",
        ] {
            realm.join(1)
            do {
                let value = try JSON.decode(Array(text.utf8))
                _ = try Message(value: value)
                Issue.record("\(text) is a message")
            } catch {
                let actions = realm.machine.receiveInvalid(
                    WAMPError(.protocolViolation, message: "no message"), from: 1, now: TestRealm.now)
                #expect(actions.aborts(to: 1) == ["wamp.error.protocol_violation"])
                #expect(actions.ends == [1: .violated("no message")])
            }
        }
        #expect(realm.machine.statistics == RealmStatistics())
    }

    @Test("EVENT_RECEIVED and other extensions are ignored (1)", arguments: [256, 337, 1023] as [UInt64])
    func extensions(_ code: UInt64) {
        var realm = TestRealm(sessions: [1])
        #expect(realm.receive(.extended(code: code, elements: [5]), from: 1).isEmpty)
        #expect(realm.machine.statistics.sessions == 1)
    }

    // MARK: Request numbers (2.1)

    @Test("Gaps, repeats and any order of request numbers are accepted by default")
    func looseNumbers() throws {
        var realm = TestRealm(sessions: [1])
        for request in [7, 3, 3, WAMPID.maximum, 1] as [UInt64] {
            #expect(realm.publish(1, "a.b", ["acknowledge": true], request: request).codes(to: 1) == [17])
        }
    }

    @Test("A strict realm wants one sequence over all kinds of requests")
    func strictNumbers() throws {
        let requests: [(UInt64) -> Message] = [
            { .subscribe(request: $0, options: [:], topic: "a.b") }, { .unsubscribe(request: $0, subscription: 5) },
            { .publish(request: $0, options: [:], topic: "a.b", payload: Payload()) },
            { .register(request: $0, options: [:], procedure: "a.b") }, { .unregister(request: $0, registration: 5) },
            { .call(request: $0, options: [:], procedure: "a.c", payload: Payload()) },
        ]
        for (index, message) in requests.enumerated() {
            for wrong in [0, 2] as [UInt64] {
                var realm = TestRealm(sessions: [1], options: RealmOptions(strictRequestIDs: true))
                for (number, earlier) in requests.prefix(index).enumerated() {
                    #expect(realm.receive(earlier(UInt64(number) + 1), from: 1).aborts(to: 1).isEmpty)
                }
                let actions = realm.receive(message(UInt64(index) + wrong), from: 1)
                #expect(actions.aborts(to: 1) == ["wamp.error.protocol_violation"], "\(index)")
            }
        }
    }

    // MARK: Authorization (11)

    @Test("What is denied is not_authorized with a sentence, and nothing of it happens")
    func denied() throws {
        var realm = TestRealm(authorize: { _, uri, _, identity in identity.authRole == "admin" || uri == "a.free" })
        realm.join(1, authID: "joe", role: "user")
        realm.join(2, role: "admin")
        _ = try realm.register(2, "a.b")
        _ = try realm.subscribe(2, "a.b")
        let cases: [(Message, UInt64)] = [
            (.call(request: 3, options: [:], procedure: "a.b", payload: no), MessageCode.call),
            (.call(request: 3, options: [:], procedure: "wamp.session.count", payload: no), MessageCode.call),
            (.call(request: 3, options: [:], procedure: "a.nobody", payload: no), MessageCode.call),
            (.register(request: 3, options: [:], procedure: "a.c"), MessageCode.register),
            (.register(request: 3, options: ["force_reregister": true], procedure: "a.b"), MessageCode.register),
            (.subscribe(request: 3, options: [:], topic: "a.b"), MessageCode.subscribe),
            (.publish(request: 3, options: ["acknowledge": true], topic: "a.b", payload: no), MessageCode.publish),
        ]
        for (message, type) in cases {
            let actions = realm.receive(message, from: 1)
            let error = try #require(actions.errors(to: 1).first)
            #expect(actions.count == 1)
            #expect(error.type == type)
            #expect(error.request == 3)
            #expect(error.uri == "wamp.error.not_authorized")
            #expect(error.sentence?.contains("joe") == true)
        }
        #expect(realm.publish(1, "a.b").isEmpty)
        #expect(realm.machine.statistics == RealmStatistics(sessions: 2, subscriptions: 1, registrations: 1))
        _ = try realm.subscribe(1, "a.free")
        #expect(realm.publish(1, "a.free", ["acknowledge": true]).codes(to: 1) == [MessageCode.published])
    }

    @Test("The authorizer learns the verb, the URI, the match and who asks")
    func asked() throws {
        var realm = TestRealm(authorize: { verb, uri, match, identity in
            "\(verb.rawValue) \(uri) \(match.rawValue) \(identity.authID)" != "subscribe a. prefix joe"
                && "\(verb.rawValue) \(uri) \(match.rawValue) \(identity.authID)" != "call a.b exact joe"
        })
        realm.join(1, authID: "joe")
        realm.join(2, authID: "ann")
        let prefix = Message.subscribe(request: 1, options: ["match": "prefix"], topic: "a.")
        #expect(realm.receive(prefix, from: 1).errors(to: 1).map(\.uri) == [ErrorURI.notAuthorized])
        #expect(realm.receive(prefix, from: 2).errors(to: 2).isEmpty)
        #expect(realm.call(1, "a.b").errors(to: 1).map(\.uri) == [ErrorURI.notAuthorized])
        #expect(realm.call(2, "a.b").errors(to: 2).map(\.uri) == [ErrorURI.noSuchProcedure])
        _ = try realm.subscribe(1, "a.b")
    }
}

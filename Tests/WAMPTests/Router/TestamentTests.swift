import Testing
import Values
import WAMP

@Suite("Testaments")
struct TestamentTests {
    /// Session 1 listens to everything below `t.`, session 2 is the one that dies.
    private func realm() throws -> TestRealm {
        var realm = TestRealm(sessions: [1, 2])
        _ = try realm.subscribe(1, "t.", ["match": "prefix"])
        return realm
    }

    private func topics(_ actions: [RouterAction]) -> [String] {
        actions.events(to: 1).compactMap { $0.details["topic"]?.string }
    }

    /// Every way in which a session ends.
    static let ends = ["transport", "goodbye", "abort", "violation", "invalid", "kill"]

    private func end(_ way: String, _ realm: inout TestRealm) -> [RouterAction] {
        switch way {
        case "goodbye": realm.receive(.goodbye(details: [:], reason: "wamp.close.close_realm"), from: 2)
        case "abort": realm.receive(.abort(details: [:], reason: "a.b", payload: Payload()), from: 2)
        case "violation": realm.receive(.welcome(session: 1, details: [:]), from: 2)
        case "invalid":
            realm.machine.receiveInvalid(
                WAMPError(.protocolViolation, message: "no JSON"), from: 2, now: TestRealm.now)
        case "kill": realm.call(1, "wamp.session.kill", [:], Payload([2]))
        default: realm.leave(2)
        }
    }

    @Test(
        "They are published however the session ends, detached ones first, each in the order of adding", arguments: ends
    )
    func order(_ way: String) throws {
        var realm = try realm()
        for (topic, scope) in [("t.1", "destroyed"), ("t.2", "detached"), ("t.3", nil), ("t.4", "detached")] {
            let kwargs: Object = scope.map { ["scope": .string($0)] } ?? [:]
            _ = try realm.meta(2, "wamp.session.add_testament", [.string(topic), [], [:]], kwargs: kwargs)
        }
        #expect(realm.machine.statistics.testaments == 4)
        let actions = end(way, &realm)
        #expect(topics(actions) == ["t.2", "t.4", "t.1", "t.3"], "\(way)")
        #expect(realm.machine.statistics.testaments == 0)
        #expect(topics(realm.leave(2)).isEmpty)
    }

    @Test("The event is the announced publication, of the payload given, disclosing who left")
    func event() throws {
        var realm = try realm()
        let answer = try realm.meta(
            2, "wamp.session.add_testament", ["t.x", [["wamp_session_id": 2], 5], ["k": true]])
        let publication = try #require(answer.first.flatMap(LenientInteger.unsigned))
        let actions = realm.leave(2)
        guard case .event(_, publication, let details, let payload) = try #require(actions.sent(to: 1).first) else {
            Issue.record("not that event")
            return
        }
        #expect(payload == Payload([["wamp_session_id": 2], 5], kwargs: ["k": true]))
        #expect(details["publisher"] == 2)
        #expect(details["publisher_authid"] == "user2")
    }

    @Test("args and kwargs may be missing or null, as the device agent and others send them")
    func missingPayload() throws {
        for args: [Value] in [["t.x"], ["t.x", nil], ["t.x", [], nil], ["t.x", nil, nil]] {
            var realm = try realm()
            _ = try realm.meta(2, "wamp.session.add_testament", args)
            #expect(realm.leave(2).sent(to: 1).first?.payload == Payload())
        }
    }

    @Test("publish_options filter the receivers; acknowledge and exclude_me are not honoured")
    func options() throws {
        var realm = try realm()
        realm.join(3)
        _ = try realm.subscribe(3, "t.x")
        _ = try realm.meta(
            2, "wamp.session.add_testament", ["t.x", [], [:]],
            kwargs: ["publish_options": ["exclude": [1], "acknowledge": true, "exclude_me": false]])
        let actions = realm.leave(2)
        #expect(actions.events(to: 1).isEmpty)
        #expect(actions.events(to: 3).count == 1)
        #expect(actions.sent(to: 2).isEmpty)
    }

    @Test("The session that dies does not get its own testament, and dies before others get it")
    func ownTestament() throws {
        var realm = try realm()
        _ = try realm.subscribe(2, "t.x")
        _ = try realm.meta(2, "wamp.session.add_testament", ["t.x", [], [:]])
        let actions = end("goodbye", &realm)
        #expect(actions.sent(to: 2) == [.goodbye(details: [:], reason: "wamp.close.goodbye_and_out")])
        #expect(topics(actions) == ["t.x"])
    }

    @Test("on_leave comes after the testaments")
    func beforeOnLeave() throws {
        var realm = try realm()
        let onLeave = try realm.subscribe(1, "wamp.session.on_leave")
        _ = try realm.meta(2, "wamp.session.add_testament", ["t.x", [], [:]])
        let events = realm.leave(2).events(to: 1)
        #expect(events.count == 2)
        #expect(events.last?.subscription == onLeave)
    }

    @Test("flush takes the testaments of one scope away and tells how many")
    func flush() throws {
        var realm = try realm()
        for (topic, scope) in [("t.1", "destroyed"), ("t.2", "detached"), ("t.3", "destroyed")] {
            _ = try realm.meta(
                2, "wamp.session.add_testament", [.string(topic), [], [:]], kwargs: ["scope": .string(scope)])
        }
        #expect(try realm.meta(1, "wamp.session.flush_testaments") == [0])
        #expect(try realm.meta(2, "wamp.session.flush_testaments") == [2])
        #expect(topics(realm.leave(2)) == ["t.2"])
        realm = try self.realm()
        _ = try realm.meta(2, "wamp.session.add_testament", ["t.2", [], [:]], kwargs: ["scope": "detached"])
        #expect(try realm.meta(2, "wamp.session.flush_testaments", kwargs: ["scope": "detached"]) == [1])
        #expect(realm.leave(2).isEmpty)
    }

    @Test("A testament that could not be published is refused when it is added")
    func refused() throws {
        var realm = TestRealm(
            sessions: [2], options: RealmOptions(testamentsPerSession: 1),
            authorize: { verb, uri, _, _ in verb != .publish || uri != "t.secret" })
        func error(_ args: [Value], _ kwargs: Object = [:]) -> String? {
            realm.metaError(2, "wamp.session.add_testament", args, kwargs: kwargs)
        }
        #expect(error(["t.secret", [], [:]]) == ErrorURI.notAuthorized)
        #expect(error(["no topic", [], [:]]) == ErrorURI.invalidURI)
        #expect(error(["wamp.session.on_leave", [], [:]]) == ErrorURI.invalidURI)
        #expect(error(["t.x", 5, [:]]) == ErrorURI.invalidArgument)
        #expect(error(["t.x", [], []]) == ErrorURI.invalidArgument)
        #expect(error(["t.x", [], [:]], ["scope": "never"]) == ErrorURI.invalidArgument)
        #expect(error(["t.x", [], [:]], ["scope": 5]) == ErrorURI.invalidArgument)
        #expect(error(["t.x", [], [:]], ["publish_options": 5]) == ErrorURI.invalidArgument)
        #expect(error(["t.x", [], [:]], ["publish_options": ["exclude": "x"]]) == ErrorURI.invalidArgument)
        #expect(error(["t.x", [], [:]]) == nil)
        #expect(error(["t.x", [], [:]]) == ErrorURI.unavailable)
        #expect(realm.machine.statistics.testaments == 1)
    }

    @Test("kill_all publishes the testaments to those who are still there; the shutdown of the router does not")
    func many() throws {
        var realm = try realm()
        realm.join(3)
        for session in [2, 3] as [UInt64] {
            _ = try realm.meta(session, "wamp.session.add_testament", [.string("t.\(session)"), [], [:]])
        }
        var copy = realm
        #expect(topics(realm.call(1, "wamp.session.kill_all")) == ["t.2", "t.3"])
        let actions = copy.machine.shutDown()
        #expect(actions.events(to: 1).isEmpty)
        for session in [1, 2, 3] as [UInt64] {
            #expect(actions.sent(to: session) == [.goodbye(details: [:], reason: "wamp.close.system_shutdown")])
            #expect(actions.ends[session] == .dismissed(reason: "wamp.close.system_shutdown"))
        }
        #expect(copy.machine.statistics == RealmStatistics())
        #expect(copy.machine.shutDown().isEmpty)
    }
}

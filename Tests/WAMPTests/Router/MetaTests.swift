import Testing
import Values
import WAMP

@Suite("Meta API of the router: sessions")
struct SessionMetaTests {
    private func realm() -> TestRealm {
        var realm = TestRealm()
        realm.join(1, authID: "op", role: "operator")
        realm.join(2, authID: "2-3", role: "device")
        realm.join(3, authID: "2-4", role: "device")
        realm.join(4, authID: "2-4", role: "device")
        return realm
    }

    @Test("count and list tell all sessions or those of roles, the caller among them")
    func countAndList() throws {
        var realm = realm()
        #expect(try realm.meta(1, "wamp.session.count") == [4])
        #expect(try realm.meta(1, "wamp.session.count", [nil]) == [4])
        #expect(try realm.meta(1, "wamp.session.count", [["device"]]) == [3])
        #expect(try realm.meta(1, "wamp.session.count", [["none"]]) == [0])
        #expect(try realm.meta(1, "wamp.session.list") == [[1, 2, 3, 4]])
        #expect(try realm.meta(1, "wamp.session.list", [["operator", "x"]]) == [[1]])
        #expect(try realm.meta(1, "wamp.session.list", [[]]) == [[]])
    }

    @Test("get tells who a session is, on_join told the same")
    func get() throws {
        var realm = TestRealm()
        realm.join(1)
        let topic = try realm.subscribe(1, "wamp.session.on_join")
        let joined = realm.join(2, authID: "2-3", role: "device")
        let details: Value = [
            "session": 2, "authid": "2-3", "authrole": "device", "authmethod": "wampcra", "authprovider": "static",
            "transport": ["type": "websocket"],
        ]
        let event = try #require(joined.events(to: 1).first)
        #expect(event.subscription == topic)
        #expect(event.args == [details])
        #expect(event.details == [:])
        #expect(try realm.meta(1, "wamp.session.get", [2]) == [details])
        #expect(try realm.meta(1, "wamp.session.get", [2.0]) == [details])
        #expect(realm.metaError(1, "wamp.session.get", [99]) == "wamp.error.no_such_session")
    }

    @Test("on_leave tells session, authid and authrole, to everybody but the one that left")
    func onLeave() throws {
        var realm = realm()
        _ = try realm.subscribe(1, "wamp.session.on_leave")
        _ = try realm.subscribe(2, "wamp.session.on_leave")
        let actions = realm.leave(2)
        #expect(actions.events(to: 1).map(\.args) == [[2, "2-3", "device"]])
        #expect(actions.sent(to: 2).isEmpty)
    }

    @Test("kill says GOODBYE with the reason and the message and ends the session")
    func kill() throws {
        var realm = realm()
        let actions = realm.call(
            1, "wamp.session.kill", [:], Payload([2], kwargs: ["reason": "com.app.out", "message": "go"]), request: 6)
        #expect(actions.sent(to: 2) == [.goodbye(details: ["message": "go"], reason: "com.app.out")])
        #expect(actions.ends == [2: .dismissed(reason: "com.app.out")])
        #expect(actions.sent(to: 1) == [.result(request: 6, details: [:], payload: Payload())])
        #expect(!realm.machine.contains(2))
        let plain = realm.call(1, "wamp.session.kill", [:], Payload([3]))
        #expect(plain.sent(to: 3) == [.goodbye(details: [:], reason: "wamp.close.killed")])
        #expect(realm.receive(.goodbye(details: [:], reason: "wamp.close.goodbye_and_out"), from: 3).isEmpty)
    }

    @Test("Nobody kills its own session or one that is not there; a reason is a URI")
    func killRefused() {
        var realm = realm()
        #expect(realm.metaError(1, "wamp.session.kill", [1]) == "wamp.error.no_such_session")
        #expect(realm.metaError(1, "wamp.session.kill", [99]) == "wamp.error.no_such_session")
        #expect(realm.metaError(1, "wamp.session.kill", [2], kwargs: ["reason": "no uri"]) == ErrorURI.invalidURI)
        #expect(realm.metaError(1, "wamp.session.kill", [2], kwargs: ["reason": 5]) == ErrorURI.invalidArgument)
        #expect(realm.metaError(1, "wamp.session.kill", [2], kwargs: ["message": 5]) == ErrorURI.invalidArgument)
        #expect(realm.machine.statistics.sessions == 4)
    }

    @Test("kill_by_authid gives the sessions, kill_by_authrole and kill_all how many; the caller stays")
    func killMany() throws {
        var realm = realm()
        #expect(try realm.meta(1, "wamp.session.kill_by_authid", ["2-4"]) == [[3, 4]])
        #expect(try realm.meta(1, "wamp.session.kill_by_authid", ["op"]) == [[]])
        #expect(realm.machine.statistics.sessions == 2)
        realm = self.realm()
        #expect(try realm.meta(2, "wamp.session.kill_by_authrole", ["device"]) == [2])
        #expect(realm.machine.contains(2))
        realm = self.realm()
        let actions = realm.call(1, "wamp.session.kill_all", [:], Payload([], kwargs: ["reason": "com.app.all"]))
        #expect(actions.ends.count == 3)
        #expect(actions.sent(to: 1) == [.result(request: 1, details: [:], payload: Payload([3]))])
        #expect(realm.machine.statistics == RealmStatistics(sessions: 1))
    }

    @Test("Arguments that do not fit are invalid_argument for every procedure, never the end of a session")
    func wrongArguments() throws {
        let procedures = [
            "wamp.session.get", "wamp.session.kill", "wamp.session.kill_by_authid", "wamp.session.kill_by_authrole",
            "wamp.session.add_testament", "wamp.subscription.lookup", "wamp.subscription.match",
            "wamp.subscription.get", "wamp.subscription.list_subscribers", "wamp.subscription.count_subscribers",
            "wamp.registration.lookup", "wamp.registration.match", "wamp.registration.get",
            "wamp.registration.list_callees", "wamp.registration.count_callees",
        ]
        var realm = realm()
        for procedure in procedures {
            for args: [Value] in [[], [nil], [[:]], [[]], [true], [-1.5], [.bytes([1])]] {
                #expect(realm.metaError(1, procedure, args) == ErrorURI.invalidArgument, "\(procedure) \(args)")
            }
        }
        for procedure in ["wamp.session.count", "wamp.session.list"] {
            for args: [Value] in [["device"], [[1]], [5], [[:]]] {
                #expect(realm.metaError(1, procedure, args) == ErrorURI.invalidArgument, "\(procedure) \(args)")
            }
        }
        #expect(realm.metaError(1, "wamp.subscription.lookup", ["a.b", 5]) == ErrorURI.invalidArgument)
        #expect(realm.metaError(1, "wamp.subscription.lookup", ["a.b", ["match": "x"]]) == ErrorURI.invalidArgument)
        #expect(realm.machine.statistics.sessions == 4)
    }

    @Test(
        "What the router does not offer is no_such_procedure",
        arguments: [
            "wamp.subscription.count_suscribers", "wamp.session.modify_details", "wamp.subscription.get_events",
            "wamp.registration.remove_callee", "wamp.session.on_join", "wamp.x",
        ])
    func missing(_ procedure: String) {
        var realm = realm()
        #expect(realm.metaError(1, procedure, [1]) == ErrorURI.noSuchProcedure)
    }
}

@Suite("Meta API of the router: subscriptions and registrations")
struct TableMetaTests {
    @Test("The tables of subscriptions: list, lookup, match, get, subscribers")
    func subscriptions() throws {
        var realm = TestRealm(sessions: [1, 2])
        #expect(try realm.meta(1, "wamp.subscription.list") == [["exact": [], "prefix": [], "wildcard": []]])
        let exact = try realm.subscribe(1, "a.b")
        let prefix = try realm.subscribe(1, "a", ["match": "prefix"])
        let wildcard = try realm.subscribe(2, ".b", ["match": "wildcard"])
        _ = try realm.subscribe(2, "a.b")
        let lists: Value = [
            "exact": [.integer(exact)], "prefix": [.integer(prefix)], "wildcard": [.integer(wildcard)],
        ]
        #expect(try realm.meta(1, "wamp.subscription.list") == [lists])
        #expect(try realm.meta(1, "wamp.subscription.lookup", ["a.b"]) == [.integer(exact)])
        #expect(try realm.meta(1, "wamp.subscription.lookup", ["a", ["match": "prefix"]]) == [.integer(prefix)])
        #expect(try realm.meta(1, "wamp.subscription.lookup", [".b", ["match": "wildcard"]]) == [.integer(wildcard)])
        #expect(try realm.meta(1, "wamp.subscription.lookup", ["a", [:]]) == [nil])
        #expect(try realm.meta(1, "wamp.subscription.lookup", ["a.b", ["match": "wildcard"]]) == [nil])
        let matching = try #require(try realm.meta(1, "wamp.subscription.match", ["a.b"]).first?.array)
        #expect(Set(matching) == [.integer(exact), .integer(prefix), .integer(wildcard)])
        #expect(try realm.meta(1, "wamp.subscription.match", ["c.d"]) == [nil])
        #expect(
            try realm.meta(1, "wamp.subscription.get", [.integer(prefix)]) == [
                ["id": .integer(prefix), "created": "2026-01-02T03:04:05.250Z", "uri": "a", "match": "prefix"]
            ])
        #expect(try realm.meta(1, "wamp.subscription.list_subscribers", [.integer(exact)]) == [[1, 2]])
        #expect(try realm.meta(1, "wamp.subscription.count_subscribers", [.integer(exact)]) == [2])
        for procedure in ["get", "list_subscribers", "count_subscribers"] {
            #expect(realm.metaError(1, "wamp.subscription.\(procedure)", [5]) == ErrorURI.noSuchSubscription)
        }
    }

    @Test("The tables of registrations: list, lookup, match, get, callees, in the shapes of Crossbar")
    func registrations() throws {
        var realm = TestRealm(sessions: [1, 2])
        let id = try realm.register(2, "a.b")
        let lists: Value = ["exact": [.integer(id)], "prefix": [], "wildcard": []]
        #expect(try realm.meta(1, "wamp.registration.list") == [lists])
        #expect(try realm.meta(1, "wamp.registration.lookup", ["a.b"]) == [.integer(id)])
        #expect(try realm.meta(1, "wamp.registration.lookup", ["a.b", ["match": "prefix"]]) == [nil])
        #expect(try realm.meta(1, "wamp.registration.lookup", ["a.c"]) == [nil])
        #expect(try realm.meta(1, "wamp.registration.match", ["a.b"]) == [.integer(id)])
        #expect(try realm.meta(1, "wamp.registration.match", ["a.c"]) == [nil])
        #expect(
            try realm.meta(1, "wamp.registration.get", [.integer(id)]) == [
                [
                    "id": .integer(id), "created": "2026-01-02T03:04:05.250Z", "uri": "a.b", "match": "exact",
                    "invoke": "single",
                ]
            ])
        #expect(try realm.meta(1, "wamp.registration.list_callees", [.integer(id)]) == [[2]])
        #expect(try realm.meta(1, "wamp.registration.count_callees", [.integer(id)]) == [1])
        for procedure in ["get", "list_callees", "count_callees"] {
            #expect(realm.metaError(1, "wamp.registration.\(procedure)", [5]) == ErrorURI.noSuchRegistration)
        }
    }

    /// Session 1 listens to all topics of the router about subscriptions and registrations, in the order given.
    private func listening(_ realm: inout TestRealm) throws -> [UInt64: String] {
        var names: [UInt64: String] = [:]
        for table in ["subscription", "registration"] {
            for name in ["on_create", "on_subscribe", "on_register", "on_unsubscribe", "on_unregister", "on_delete"] {
                names[try realm.subscribe(1, "wamp.\(table).\(name)")] = "\(table).\(name)"
            }
        }
        return names
    }

    private func told(_ actions: [RouterAction], _ names: [UInt64: String]) -> [String] {
        actions.events(to: 1).map { event in
            let subject = event.args.dropFirst().first
            let id = subject?["id"] ?? subject ?? nil
            return "\(names[event.subscription] ?? "?") \(event.args.first.flatMap(LenientInteger.unsigned) ?? 0)"
                + " \(LenientInteger.unsigned(id) ?? 0)"
        }
    }

    @Test("Subscriptions tell on_create before on_subscribe and on_unsubscribe before on_delete")
    func subscriptionTopics() throws {
        var realm = TestRealm(sessions: [1, 2, 3])
        let names = try listening(&realm)
        let created = realm.receive(.subscribe(request: 1, options: [:], topic: "a.b"), from: 2)
        guard case .subscribed(1, let id) = try #require(created.sent(to: 2).first) else {
            Issue.record("not subscribed")
            return
        }
        #expect(told(created, names) == ["subscription.on_create 2 \(id)", "subscription.on_subscribe 2 \(id)"])
        let joined = realm.receive(.subscribe(request: 1, options: [:], topic: "a.b"), from: 3)
        #expect(told(joined, names) == ["subscription.on_subscribe 3 \(id)"])
        #expect(told(realm.receive(.subscribe(request: 2, options: [:], topic: "a.b"), from: 3), names).isEmpty)
        let left = realm.receive(.unsubscribe(request: 3, subscription: id), from: 3)
        #expect(told(left, names) == ["subscription.on_unsubscribe 3 \(id)"])
        #expect(
            told(realm.leave(2), names)
                == ["subscription.on_unsubscribe 2 \(id)", "subscription.on_delete 2 \(id)"])
    }

    @Test("Registrations tell on_create before on_register and on_unregister before on_delete, also when evicted")
    func registrationTopics() throws {
        var realm = TestRealm(sessions: [1, 2, 3])
        let names = try listening(&realm)
        let created = realm.receive(.register(request: 1, options: [:], procedure: "a.b"), from: 2)
        guard case .registered(1, let id) = try #require(created.sent(to: 2).first) else {
            Issue.record("not registered")
            return
        }
        #expect(told(created, names) == ["registration.on_create 2 \(id)", "registration.on_register 2 \(id)"])
        let forced = realm.receive(
            .register(request: 1, options: ["force_reregister": true], procedure: "a.b"), from: 3)
        guard case .registered(1, let new) = try #require(forced.sent(to: 3).first) else {
            Issue.record("not registered")
            return
        }
        #expect(
            told(forced, names) == [
                "registration.on_unregister 2 \(id)", "registration.on_delete 2 \(id)",
                "registration.on_create 3 \(new)", "registration.on_register 3 \(new)",
            ])
        #expect(
            told(realm.leave(3), names)
                == ["registration.on_unregister 3 \(new)", "registration.on_delete 3 \(new)"])
        let own = try realm.register(2, "a.c")
        #expect(
            told(realm.receive(.unregister(request: 2, registration: own), from: 2), names)
                == ["registration.on_unregister 2 \(own)", "registration.on_delete 2 \(own)"])
    }

    @Test("A session gets the events that it causes itself, after the answer to its request (9, decision)")
    func ownEvents() throws {
        var realm = TestRealm(sessions: [1])
        let message = Message.subscribe(request: 1, options: [:], topic: "wamp.subscription.on_create")
        #expect(realm.receive(message, from: 1).codes(to: 1) == [MessageCode.subscribed, MessageCode.event])
        let registered = Message.register(request: 2, options: [:], procedure: "a.b")
        _ = try realm.subscribe(1, "wamp.registration.on_register")
        #expect(realm.receive(registered, from: 1).codes(to: 1) == [MessageCode.registered, MessageCode.event])
    }

    @Test("on_create carries id, time, topic and match as the device agent reads them")
    func onCreate() throws {
        var realm = TestRealm(sessions: [1, 2])
        _ = try realm.subscribe(1, "wamp.subscription.on_create")
        let actions = realm.receive(
            .subscribe(request: 1, options: [:], topic: "reswarm.logs.x.prod_1_app"), from: 2)
        guard case .subscribed(_, let id) = try #require(actions.sent(to: 2).first) else { return }
        #expect(
            actions.events(to: 1).first?.args == [
                2,
                [
                    "id": .integer(id), "created": "2026-01-02T03:04:05.250Z", "uri": "reswarm.logs.x.prod_1_app",
                    "match": "exact",
                ],
            ])
        _ = try realm.register(2, "a.b")
        _ = try realm.subscribe(1, "wamp.registration.on_create")
        let registered = realm.receive(.register(request: 2, options: [:], procedure: "a.c"), from: 2)
        let details = try #require(registered.events(to: 1).first?.args.last?.object)
        #expect(details.keys == ["id", "created", "uri", "match", "invoke"])
    }

    @Test("Pattern subscriptions get the router's events too, with the topic")
    func patterns() throws {
        var realm = TestRealm(sessions: [1])
        _ = try realm.subscribe(1, "wamp.session.", ["match": "prefix"])
        let actions = realm.join(2)
        #expect(actions.events(to: 1).map(\.details) == [["topic": "wamp.session.on_join"]])
    }
}

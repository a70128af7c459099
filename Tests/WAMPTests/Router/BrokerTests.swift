import Testing
import Values
import WAMP

@Suite("Publish and subscribe at the router")
struct BrokerTests {
    // MARK: Subscriptions (7.1)

    @Test("Subscribing twice gives the same subscription and one delivery; other sessions share it")
    func shared() throws {
        var realm = TestRealm(sessions: [1, 2, 3])
        let id = try realm.subscribe(1, "a.b")
        #expect(try realm.subscribe(1, "a.b", request: 2) == id)
        #expect(try realm.subscribe(2, "a.b") == id)
        #expect(realm.machine.statistics.subscriptions == 1)
        let actions = realm.publish(3, "a.b")
        #expect(actions.count == 1)
        #expect(actions.events(to: 1).map(\.subscription) == [id])
        #expect(actions.events(to: 2).map(\.subscription) == [id])
    }

    @Test("The match is part of a subscription: exact, prefix and wildcard of one text are three")
    func matches() throws {
        var realm = TestRealm(sessions: [1])
        let ids = try ["exact", "prefix", "wildcard"].map { try realm.subscribe(1, "a.b", ["match": .string($0)]) }
        #expect(Set(ids).count == 3)
        #expect(try realm.subscribe(1, "a.b", [:]) == ids[0])
        #expect(try realm.subscribe(1, "a.b", ["match": nil]) == ids[0])
    }

    @Test("One UNSUBSCRIBE ends a subscription however often it was subscribed; the others keep theirs")
    func unsubscribe() throws {
        var realm = TestRealm(sessions: [1, 2, 3])
        let id = try realm.subscribe(1, "a.b")
        _ = try realm.subscribe(1, "a.b")
        _ = try realm.subscribe(2, "a.b")
        let actions = realm.receive(.unsubscribe(request: 9, subscription: id), from: 1)
        #expect(actions == [.send(.unsubscribed(request: 9, details: [:]), to: 1)])
        let events = realm.publish(3, "a.b")
        #expect(events.events(to: 1).isEmpty)
        #expect(events.events(to: 2).count == 1)
        realm.receive(.unsubscribe(request: 9, subscription: id), from: 2)
        #expect(realm.machine.statistics.subscriptions == 0)
        #expect(realm.publish(3, "a.b").isEmpty)
    }

    @Test("UNSUBSCRIBE of what the session does not hold is no_such_subscription, also when another one holds it")
    func notHeld() throws {
        var realm = TestRealm(sessions: [1, 2])
        let id = try realm.subscribe(1, "a.b")
        for (session, subscription) in [(2, id), (1, 4711), (1, WAMPID.maximum)] as [(UInt64, UInt64)] {
            let actions = realm.receive(.unsubscribe(request: 5, subscription: subscription), from: session)
            let error = try #require(actions.errors(to: session).first)
            #expect(error.type == MessageCode.unsubscribe)
            #expect(error.request == 5)
            #expect(error.uri == ErrorURI.noSuchSubscription)
        }
        #expect(realm.machine.statistics.subscriptions == 1)
        #expect(realm.receive(.unsubscribe(request: 6, subscription: id), from: 1).errors(to: 1).isEmpty)
        #expect(!realm.receive(.unsubscribe(request: 7, subscription: id), from: 1).errors(to: 1).isEmpty)
    }

    @Test("A topic that is no URI for its match is invalid_uri; meta topics may be subscribed (2.2)")
    func topics() throws {
        var realm = TestRealm(sessions: [1])
        let wrong: [(String, String)] = [
            ("", "exact"), ("a..b", "exact"), ("a.", "exact"), ("a b", "exact"), ("a.#", "exact"), ("a.b\n", "exact"),
            ("a..b", "prefix"), ("a. b", "prefix"), ("a.b c", "wildcard"),
            (String(repeating: "a", count: 1025), "exact"), (String(repeating: ".", count: 1025), "wildcard"),
        ]
        for (topic, match) in wrong {
            let message = Message.subscribe(request: 3, options: ["match": .string(match)], topic: topic)
            let error = try #require(realm.receive(message, from: 1).errors(to: 1).first)
            #expect(error.type == MessageCode.subscribe)
            #expect(error.request == 3)
            #expect(error.uri == ErrorURI.invalidURI, "\(topic) \(match)")
        }
        #expect(realm.machine.statistics.subscriptions == 0)
        let fine: [(String, String)] = [
            ("a.b", "exact"), ("wamp.session.on_join", "exact"), ("", "prefix"), ("a.", "prefix"), ("a..b", "wildcard"),
            (".", "wildcard"), ("", "wildcard"), ("com.Ünï", "exact"), (String(repeating: "a", count: 1024), "exact"),
        ]
        for (topic, match) in fine { _ = try realm.subscribe(1, topic, ["match": .string(match)]) }
        #expect(realm.machine.statistics.subscriptions == fine.count)
    }

    @Test("A session may hold so many subscriptions and no more; another one is not affected")
    func limit() throws {
        var realm = TestRealm(sessions: [1, 2], options: RealmOptions(subscriptionsPerSession: 3))
        for number in 0..<3 { _ = try realm.subscribe(1, "a.b\(number)") }
        let actions = realm.receive(.subscribe(request: 4, options: [:], topic: "a.c"), from: 1)
        #expect(actions.errors(to: 1).first?.uri == ErrorURI.unavailable)
        _ = try realm.subscribe(1, "a.b0")
        _ = try realm.subscribe(2, "a.c")
    }

    // MARK: Publications (7.1, 7.2)

    @Test("PUBLISH is silent unless it asks for an answer")
    func acknowledge() throws {
        var realm = TestRealm(sessions: [1, 2])
        _ = try realm.subscribe(2, "a.b")
        let silent = realm.publish(1, "a.b", ["acknowledge": false])
        #expect(silent.sent(to: 1).isEmpty)
        let actions = realm.publish(1, "a.b", ["acknowledge": true], request: 8)
        guard case .published(8, let publication) = try #require(actions.sent(to: 1).first) else {
            Issue.record("no PUBLISHED")
            return
        }
        #expect(actions.events(to: 2).map(\.publication) == [publication])
        #expect(realm.publish(1, "nobody.here", ["acknowledge": true]).codes(to: 1) == [MessageCode.published])
    }

    @Test("The publisher does not get its own event unless it asks for it")
    func excludeMe() throws {
        var realm = TestRealm(sessions: [1, 2])
        _ = try realm.subscribe(1, "a.b")
        _ = try realm.subscribe(2, "a.b")
        for (options, own) in [([:], 0), (["exclude_me": true], 0), (["exclude_me": false], 1)] as [(Object, Int)] {
            let actions = realm.publish(1, "a.b", options)
            #expect(actions.events(to: 1).count == own, "\(options)")
            #expect(actions.events(to: 2).count == 1)
        }
    }

    @Test("An event that nobody gets costs no action")
    func nobody() throws {
        var realm = TestRealm(sessions: [1])
        _ = try realm.subscribe(1, "a.b")
        #expect(realm.publish(1, "a.b").isEmpty)
        #expect(realm.publish(1, "a.c").isEmpty)
    }

    @Test("The publisher is always disclosed, whatever it asks", arguments: [nil, true, false])
    func disclosure(_ disclose: Bool?) throws {
        var realm = TestRealm()
        realm.join(1, authID: "2-3", role: "device")
        realm.join(2)
        _ = try realm.subscribe(2, "a.b")
        for _ in 0..<2 {
            let actions = realm.publish(1, "a.b", disclose.map { ["disclose_me": .bool($0)] } ?? [:])
            let details = try #require(actions.events(to: 2).first).details
            #expect(details == ["publisher": 1, "publisher_authid": "2-3", "publisher_authrole": "device"])
        }
    }

    @Test("Payload and arguments go to the subscriber unchanged, options do not")
    func payload() throws {
        var realm = TestRealm(sessions: [1, 2])
        _ = try realm.subscribe(2, "a.b")
        let payload = Payload([1, nil, 2.5, ["x": [true]], .bytes([0, 255])], kwargs: ["k": .uint(.max)])
        let options: Object = ["forward_for": [["session": 5]], "x_anything": 1, "retain": true, "rkey": 5]
        let actions = realm.publish(1, "a.b", options, payload)
        guard case .event(_, _, let details, payload) = try #require(actions.sent(to: 2).first) else {
            Issue.record("not the payload")
            return
        }
        #expect(Set(details.keys) == ["publisher", "publisher_authid", "publisher_authrole"])
    }

    @Test(
        "An invalid or reserved topic is an error when acknowledged and silence otherwise",
        arguments: [
            "", "a..b", "a b", "wamp.session.on_join", "wamp", "wamp.x",
        ])
    func invalidTopic(_ topic: String) throws {
        var realm = TestRealm(sessions: [1, 2])
        _ = try realm.subscribe(2, "", ["match": "prefix"])
        #expect(realm.publish(1, topic).isEmpty)
        let actions = realm.publish(1, topic, ["acknowledge": true], request: 4)
        let error = try #require(actions.errors(to: 1).first)
        #expect(actions.count == 1)
        #expect(error.type == MessageCode.publish)
        #expect(error.request == 4)
        #expect(error.uri == ErrorURI.invalidURI)
    }

    @Test("A topic that only starts like the reserved ones is not reserved")
    func almostReserved() throws {
        var realm = TestRealm(sessions: [1, 2])
        _ = try realm.subscribe(2, "wampx.a")
        #expect(realm.publish(1, "wampx.a").events(to: 2).count == 1)
    }

    // MARK: Black and white lists (7.3)

    /// Sessions 1 to 4 are (authid, role) a/user, b/user, c/admin, d/admin; 9 publishes.
    static let lists: [(Object, Set<UInt64>)] = [
        ([:], [1, 2, 3, 4]),
        (["exclude": [2, 3]], [1, 4]),
        (["exclude": [2.0, 77]], [1, 3, 4]),
        (["eligible": [2, 3, 77]], [2, 3]),
        (["eligible": []], [1, 2, 3, 4]),
        (["eligible": [2, 3], "exclude": [3]], [2]),
        (["eligible": [77]], []),
        (["exclude_authid": ["a", "d"]], [2, 3]),
        (["eligible_authid": ["a", "d", "x"]], [1, 4]),
        (["eligible_authid": []], [1, 2, 3, 4]),
        (["exclude_authrole": ["admin"]], [1, 2]),
        (["eligible_authrole": ["admin"]], [3, 4]),
        (["eligible_authrole": ["admin"], "exclude_authid": ["c"]], [4]),
        (["eligible_authrole": ["admin"], "eligible_authid": ["a"]], []),
        (["eligible_authrole": ["admin"], "eligible": [1, 3]], [3]),
        (["exclude": nil, "eligible": nil], [1, 2, 3, 4]),
        (["eligible_foo": ["x"], "exclude_foo": 5], [1, 2, 3, 4]),
    ]

    @Test(
        "Every list that is there has to let a subscriber through; an empty white list counts as absent",
        arguments: lists.indices)
    func filtered(_ index: Int) throws {
        let (options, expected) = Self.lists[index]
        var realm = TestRealm()
        for (session, (authID, role)) in zip(
            [1, 2, 3, 4] as [UInt64], [("a", "user"), ("b", "user"), ("c", "admin"), ("d", "admin")])
        {
            realm.join(session, authID: authID, role: role)
            _ = try realm.subscribe(session, "a.b")
        }
        realm.join(9)
        let actions = realm.publish(9, "a.b", options)
        #expect(
            Set((1...4 as ClosedRange<UInt64>).filter { !actions.events(to: $0).isEmpty }) == expected, "\(options)")
    }

    @Test("The publisher can be excluded by a list even when it wants its own event")
    func excludedPublisher() throws {
        var realm = TestRealm(sessions: [1])
        _ = try realm.subscribe(1, "a.b")
        #expect(realm.publish(1, "a.b", ["exclude_me": false, "exclude": [1]]).isEmpty)
        #expect(realm.publish(1, "a.b", ["exclude_me": false, "eligible": [1]]).events(to: 1).count == 1)
        #expect(realm.publish(1, "a.b", ["eligible": [1]]).isEmpty)
    }

    @Test("Events for many subscribers are one action, encoded once")
    func many() throws {
        var realm = TestRealm()
        for session in 1...500 as ClosedRange<UInt64> {
            realm.join(session)
            _ = try realm.subscribe(session, "a.b")
        }
        realm.join(1000)
        let actions = realm.publish(1000, "a.b")
        guard case .sendEvent(_, let receivers) = try #require(actions.first) else {
            Issue.record("no event")
            return
        }
        #expect(actions.count == 1)
        #expect(receivers == Array(1...500))
        guard case .sendEvent(_, let others) = try #require(realm.publish(7, "a.b").first) else { return }
        #expect(others == (1...500).filter { $0 != 7 })
    }

    // MARK: Patterns (7.5)

    @Test("Pattern subscriptions match as in the specification's examples")
    func patternVectors() throws {
        let table = try #require(try Fixture.load("wamp-vectors")["pattern_subscription"]?.object)
        #expect(table.count == 2)
        for (name, examples) in table {
            let parts = name.split(separator: " ").map(String.init)
            var realm = TestRealm(sessions: [1, 2])
            let id = try realm.subscribe(1, parts[1], ["match": .string(parts[0])])
            for (key, count) in ["match": 1, "no_match": 0] {
                let topics = try #require(examples[key]?.array).compactMap(\.string)
                #expect(!topics.isEmpty)
                for topic in topics {
                    let events = realm.publish(2, topic).events(to: 1)
                    #expect(events.count == count, "\(name): \(topic)")
                    #expect(events.allSatisfy { $0.subscription == id && $0.details["topic"] == .string(topic) })
                }
            }
        }
    }

    @Test("Every matching subscription gets one event, all with one publication; the topic is told for patterns only")
    func severalMatches() throws {
        var realm = TestRealm(sessions: [1, 2])
        let exact = try realm.subscribe(1, "a.b.c")
        let prefix = try realm.subscribe(1, "a.b", ["match": "prefix"])
        let all = try realm.subscribe(1, "", ["match": "prefix"])
        let wildcard = try realm.subscribe(1, "a..c", ["match": "wildcard"])
        _ = try realm.subscribe(1, "b.", ["match": "prefix"])
        let events = realm.publish(2, "a.b.c").events(to: 1)
        #expect(Set(events.map(\.subscription)) == [exact, prefix, all, wildcard])
        #expect(events.count == 4)
        #expect(Set(events.map(\.publication)).count == 1)
        for event in events {
            #expect(event.details["topic"] == (event.subscription == exact ? nil : "a.b.c"))
            #expect(event.details["publisher"] == 2)
        }
    }

    @Test("A prefix is compared as text, not by components")
    func prefix() throws {
        var realm = TestRealm(sessions: [1, 2])
        _ = try realm.subscribe(1, "com.a", ["match": "prefix"])
        for topic in ["com.a", "com.ab", "com.a.b"] { #expect(realm.publish(2, topic).events(to: 1).count == 1) }
        for topic in ["com", "com.b", "xcom.a"] { #expect(realm.publish(2, topic).isEmpty) }
    }

    @Test("Nothing is left of patterns that nobody holds any more")
    func patternsEnd() throws {
        var realm = TestRealm(sessions: [1, 2])
        let patterns = ["", "a", "a.b", "a.bc", "abc", "a.b.", "b"]
        for pattern in patterns { _ = try realm.subscribe(1, pattern, ["match": "prefix"]) }
        for pattern in ["", "a.", ".b", "a..c", "...", "a.b.c"] {
            _ = try realm.subscribe(1, pattern, ["match": "wildcard"])
        }
        #expect(realm.machine.statistics.patternNodes > 0)
        realm.leave(1)
        #expect(realm.machine.statistics == RealmStatistics(sessions: 1))
        #expect(realm.publish(2, "a.b").isEmpty)
    }

    // MARK: Options of a wrong type (1)

    @Test("A known option of a wrong type costs the session, and only that")
    func wrongTypes() throws {
        let publishOptions: [Object] = [
            ["acknowledge": "yes"], ["acknowledge": 1], ["exclude_me": 0], ["exclude": "x"], ["exclude": [0]],
            ["exclude": ["1"]], ["exclude": [1.5]], ["eligible": 5], ["eligible": [.uint(.max)]], ["eligible": [-1]],
            ["exclude_authid": "x"], ["exclude_authid": [1]], ["eligible_authid": [nil]], ["exclude_authrole": [:]],
            ["eligible_authrole": [true]], ["disclose_me": 1], ["retain": "x"],
        ]
        let subscribeOptions: [Object] = [["match": 1], ["match": "bogus"], ["match": ""], ["get_retained": 1]]
        let messages =
            publishOptions.map { Message.publish(request: 1, options: $0, topic: "a.b", payload: Payload()) }
            + subscribeOptions.map { Message.subscribe(request: 1, options: $0, topic: "a.b") }
        for message in messages {
            var realm = TestRealm(sessions: [1, 2])
            _ = try realm.subscribe(2, "a.b")
            let actions = realm.receive(message, from: 1)
            #expect(actions.aborts(to: 1) == [ErrorURI.protocolViolation], "\(message)")
            #expect(actions.sent(to: 2).isEmpty)
            #expect(Set(actions.ends.keys) == [1])
            #expect(realm.machine.statistics.sessions == 1)
            #expect(realm.receive(message, from: 1).isEmpty)
        }
    }
}

import Testing
import Values
import WAMP

@Suite("Registrations at the router")
struct RegistrationTests {
    @Test(
        "REGISTER gives a registration; a second one of the procedure is procedure_already_exists", arguments: [1, 2])
    func clash(_ second: UInt64) throws {
        var realm = TestRealm(sessions: [1, 2])
        let id = try realm.register(1, "a.b")
        let actions = realm.receive(.register(request: 7, options: [:], procedure: "a.b"), from: second)
        let error = try #require(actions.errors(to: second).first)
        #expect(error.type == MessageCode.register)
        #expect(error.request == 7)
        #expect(error.uri == ErrorURI.procedureAlreadyExists)
        #expect(try realm.meta(2, "wamp.registration.lookup", ["a.b"]) == [.integer(id)])
    }

    @Test("UNREGISTER ends it; what the session does not hold is no_such_registration")
    func unregister() throws {
        var realm = TestRealm(sessions: [1, 2])
        let id = try realm.register(1, "a.b")
        for (session, registration) in [(2, id), (1, 4711)] as [(UInt64, UInt64)] {
            let actions = realm.receive(.unregister(request: 3, registration: registration), from: session)
            let error = try #require(actions.errors(to: session).first)
            #expect(error.type == MessageCode.unregister)
            #expect(error.uri == ErrorURI.noSuchRegistration)
        }
        #expect(
            realm.receive(.unregister(request: 4, registration: id), from: 1)
                == [.send(.unregistered(request: 4, details: [:]), to: 1)])
        #expect(realm.call(2, "a.b").errors(to: 2).first?.uri == ErrorURI.noSuchProcedure)
        #expect(!realm.receive(.unregister(request: 5, registration: id), from: 1).errors(to: 1).isEmpty)
        #expect(realm.machine.statistics.registrations == 0)
    }

    @Test("force_reregister evicts the holder, which is told, and serves the newcomer (8.10)", arguments: [1, 2])
    func forced(_ newcomer: UInt64) throws {
        var realm = TestRealm(sessions: [1, 2, 3])
        let old = try realm.register(1, "a.b")
        let message = Message.register(request: 9, options: ["force_reregister": true], procedure: "a.b")
        let actions = realm.receive(message, from: newcomer)
        let notice = Message.unregistered(
            request: 0, details: ["reason": "wamp.error.unregistered", "registration": .integer(old)])
        #expect(actions.first == .send(notice, to: 1))
        guard case .registered(9, let new) = try #require(actions.sent(to: newcomer).last) else {
            Issue.record("not REGISTERED")
            return
        }
        #expect(new != old)
        #expect(realm.machine.statistics.registrations == 1)
        #expect(realm.call(3, "a.b").invocations(to: newcomer).count == 1)
        #expect(
            realm.receive(.unregister(request: 5, registration: old), from: 1).errors(to: 1).first?.uri
                == ErrorURI.noSuchRegistration)
        realm.leave(1)
        #expect(realm.machine.statistics.registrations == (newcomer == 1 ? 0 : 1))
    }

    @Test("The notice on the wire is [67,0,{…}] as Crossbar sends it")
    func notice() throws {
        var realm = TestRealm(sessions: [1, 2])
        let old = try realm.register(1, "a.b")
        let message = Message.register(request: 9, options: ["force_reregister": true], procedure: "a.b")
        let sent = try #require(realm.receive(message, from: 2).sent(to: 1).first)
        #expect(
            try JSON.text(sent.value) == #"[67,0,{"reason":"wamp.error.unregistered","registration":\#(old)}]"#)
    }

    @Test("force_reregister with nothing to evict registers, and its calls in flight end as they would")
    func forcedInFlight() throws {
        var realm = TestRealm(sessions: [1, 2, 3])
        _ = try realm.register(1, "a.b", ["force_reregister": true])
        let invocation = try #require(realm.call(3, "a.b").invocations(to: 1).first).request
        _ = try realm.register(2, "a.b", ["force_reregister": true])
        let actions = realm.receive(.yield(request: invocation, options: [:], payload: Payload([5])), from: 1)
        #expect(actions == [.send(.result(request: 1, details: [:], payload: Payload([5])), to: 3)])
    }

    @Test("A stale session that was evicted takes nothing of its successor with it")
    func staleSession() throws {
        var realm = TestRealm(sessions: [1, 2])
        _ = try realm.register(1, "a.b", ["force_reregister": true])
        let new = try realm.register(2, "a.b", ["force_reregister": true])
        realm.leave(1)
        #expect(try realm.meta(2, "wamp.registration.lookup", ["a.b"]) == [.integer(new)])
    }

    @Test("What this dealer does not do is refused with a sentence; an unknown policy is invalid_argument (8.9)")
    func refused() throws {
        let cases: [(Object, String)] = [
            (["match": "prefix"], ErrorURI.optionNotAllowed), (["match": "wildcard"], ErrorURI.optionNotAllowed),
            (["invoke": "roundrobin"], ErrorURI.optionNotAllowed), (["invoke": "random"], ErrorURI.optionNotAllowed),
            (["invoke": "first"], ErrorURI.optionNotAllowed), (["invoke": "last"], ErrorURI.optionNotAllowed),
            (["invoke": "bogus"], ErrorURI.invalidArgument), (["invoke": ""], ErrorURI.invalidArgument),
        ]
        for (options, uri) in cases {
            var realm = TestRealm(sessions: [1])
            let actions = realm.receive(.register(request: 2, options: options, procedure: "a.b"), from: 1)
            let error = try #require(actions.errors(to: 1).first)
            #expect(error.type == MessageCode.register)
            #expect(error.uri == uri, "\(options)")
            #expect(error.sentence?.isEmpty == false)
            #expect(realm.machine.statistics.registrations == 0)
        }
        var realm = TestRealm(sessions: [1])
        _ = try realm.register(1, "a.b", ["match": "exact", "invoke": "single", "concurrency": 3, "x_y": 1])
    }

    @Test(
        "A malformed or reserved procedure is invalid_uri",
        arguments: [
            "", "a..b", "a.", "a b", "a#", "wamp.session.count", "wamp.anything", "wamp",
        ])
    func invalid(_ procedure: String) throws {
        var realm = TestRealm(sessions: [1])
        let actions = realm.receive(.register(request: 2, options: [:], procedure: procedure), from: 1)
        #expect(actions.errors(to: 1).first?.uri == ErrorURI.invalidURI)
        #expect(realm.machine.statistics.registrations == 0)
    }

    @Test("A session may hold so many registrations and no more")
    func limit() throws {
        var realm = TestRealm(sessions: [1], options: RealmOptions(registrationsPerSession: 2))
        _ = try realm.register(1, "a.b1")
        _ = try realm.register(1, "a.b2")
        let actions = realm.receive(.register(request: 2, options: [:], procedure: "a.b3"), from: 1)
        #expect(actions.errors(to: 1).first?.uri == ErrorURI.unavailable)
    }

    @Test(
        "A known option of a wrong type costs the session",
        arguments: [
            ["match": 5], ["match": "bogus"], ["invoke": 1], ["force_reregister": 1], ["force_reregister": "true"],
            ["forward_timeout": 0], ["disclose_caller": "x"],
        ] as [Object])
    func wrongTypes(_ options: Object) {
        var realm = TestRealm(sessions: [1])
        let actions = realm.receive(.register(request: 2, options: options, procedure: "a.b"), from: 1)
        #expect(actions.aborts(to: 1) == [ErrorURI.protocolViolation])
        #expect(realm.machine.statistics.sessions == 0)
    }
}

@Suite("Calls at the router")
struct DealerTests {
    /// Session 1 calls, session 2 serves `a.b`.
    private func realm(callee: [String] = TestRealm.calleeFeatures, _ options: Object = [:]) throws -> TestRealm {
        var realm = TestRealm(sessions: [1])
        realm.join(2, callee: callee)
        _ = try realm.register(2, "a.b", options)
        return realm
    }

    // MARK: There and back (8.1)

    @Test("CALL becomes INVOCATION, YIELD becomes RESULT; numbers are mapped, payloads pass whole")
    func roundTrip() throws {
        var realm = try realm()
        let payload = Payload([1, nil, .bytes([0])], kwargs: ["k": 2.5])
        let actions = realm.call(1, "a.b", [:], payload, request: 41)
        guard case .invocation(1, let registration, let details, payload) = try #require(actions.sent(to: 2).first)
        else {
            Issue.record("no INVOCATION")
            return
        }
        #expect(actions.count == 1)
        #expect(try realm.meta(1, "wamp.registration.lookup", ["a.b"]) == [.integer(registration)])
        #expect(details == ["caller": 1, "caller_authid": "user1", "caller_authrole": "user"])
        let answer = realm.receive(.yield(request: 1, options: [:], payload: payload), from: 2)
        #expect(answer == [.send(.result(request: 41, details: [:], payload: payload), to: 1)])
        #expect(realm.machine.statistics.calls == 0)
        #expect(realm.machine.statistics.invocations == 0)
    }

    @Test("A callee's ERROR goes to the caller with its URI and payload unchanged, its details not")
    func calleeError() throws {
        var realm = try realm()
        realm.call(1, "a.b", request: 41)
        let payload = Payload(["text"], kwargs: ["k": 1])
        let error = Message.error(type: 68, request: 1, details: ["x": 1], uri: "com.app.failed", payload: payload)
        #expect(
            realm.receive(error, from: 2) == [
                .send(.error(type: 48, request: 41, details: [:], uri: "com.app.failed", payload: payload), to: 1)
            ])
        #expect(realm.machine.statistics.calls == 0)
    }

    @Test("Invocations are numbered from 1 for each callee, whoever calls (2.1)")
    func numbers() throws {
        var realm = TestRealm(sessions: [1, 2, 3, 4])
        _ = try realm.register(2, "a.b")
        _ = try realm.register(3, "a.c")
        var numbers: [UInt64: [UInt64]] = [:]
        for request in 1...4 as ClosedRange<UInt64> {
            for caller in [1, 4] as [UInt64] {
                for (callee, procedure) in [(2, "a.b"), (3, "a.c")] as [(UInt64, String)] {
                    let number = callee == 2 ? request : request + 10
                    let actions = realm.call(caller, procedure, request: number)
                    numbers[callee, default: []] += actions.invocations(to: callee).map(\.request)
                }
            }
        }
        #expect(numbers == [2: Array(1...8), 3: Array(1...8)])
    }

    @Test("The caller is always disclosed and no other option passes on")
    func disclosure() throws {
        var realm = try realm()
        let options: Object = [
            "disclose_me": false, "forward_for": [["session": 7, "authid": "admin"]], "caller_authid": "admin",
            "x_any": 1, "rkey": "k", "runmode": "partition", "procedure": "z.z", "trustlevel": 9,
        ]
        let details = try #require(realm.call(1, "a.b", options).invocations(to: 2).first).details
        #expect(details == ["caller": 1, "caller_authid": "user1", "caller_authrole": "user"])
    }

    @Test("A procedure that nobody has is no_such_procedure, a text that is no URI invalid_uri")
    func noProcedure() throws {
        var realm = try realm()
        for (procedure, uri) in [
            ("a.c", ErrorURI.noSuchProcedure), ("wamp.session.nothing", ErrorURI.noSuchProcedure),
            ("wamp", ErrorURI.noSuchProcedure), ("", ErrorURI.invalidURI), ("a..b", ErrorURI.invalidURI),
            ("a b", ErrorURI.invalidURI),
        ] {
            let error = try #require(realm.call(1, procedure, request: 3).errors(to: 1).first)
            #expect(error.type == MessageCode.call)
            #expect(error.request == 3)
            #expect(error.uri == uri, "\(procedure)")
        }
    }

    @Test("A session may call itself")
    func ownProcedure() throws {
        var realm = try realm()
        let invocation = try #require(realm.call(2, "a.b", request: 5).invocations(to: 2).first).request
        #expect(
            realm.receive(.yield(request: invocation, options: [:], payload: Payload()), from: 2)
                == [.send(.result(request: 5, details: [:], payload: Payload()), to: 2)])
        realm.call(2, "a.b", ["timeout": 100], request: 6)
        realm.leave(2)
        #expect(realm.machine.statistics == RealmStatistics(sessions: 1))
    }

    @Test("YIELD and ERROR for an unknown invocation, or another's, are ignored (3.4)")
    func unknownInvocations() throws {
        var realm = try realm()
        realm.join(3)
        realm.call(1, "a.b")
        for session in [1, 2, 3] as [UInt64] {
            for request in session == 2 ? [2, 77, WAMPID.maximum] : [1, 2] as [UInt64] {
                #expect(
                    realm.receive(.yield(request: request, options: [:], payload: Payload()), from: session).isEmpty)
                let error = Message.error(type: 68, request: request, details: [:], uri: "a.b", payload: Payload())
                #expect(realm.receive(error, from: session).isEmpty)
            }
        }
        #expect(realm.machine.statistics.calls == 1)
        #expect(!realm.receive(.yield(request: 1, options: [:], payload: Payload()), from: 2).isEmpty)
        #expect(realm.receive(.yield(request: 1, options: [:], payload: Payload()), from: 2).isEmpty)
    }

    @Test("A number may be used again after its call; the number of a call that waits is a violation")
    func reusedNumbers() throws {
        var realm = try realm()
        for invocation in 1...3 as ClosedRange<UInt64> {
            #expect(realm.call(1, "a.b", request: 5).invocations(to: 2).map(\.request) == [invocation])
            realm.receive(.yield(request: invocation, options: [:], payload: Payload()), from: 2)
        }
        realm.call(1, "a.b", request: 6)
        let actions = realm.call(1, "a.b", request: 6)
        #expect(actions.aborts(to: 1) == [ErrorURI.protocolViolation])
        #expect(actions.interrupts(to: 2) == ["4 killnowait wamp.error.canceled"])
        #expect(realm.machine.statistics.calls == 0)
    }

    @Test("A session may have so many calls waiting and no more")
    func limit() throws {
        var realm = TestRealm(sessions: [1, 2], options: RealmOptions(callsPerSession: 2))
        _ = try realm.register(2, "a.b")
        realm.call(1, "a.b", request: 1)
        realm.call(1, "a.b", request: 2)
        #expect(realm.call(1, "a.b", request: 3).errors(to: 1).first?.uri == ErrorURI.unavailable)
        realm.receive(.yield(request: 1, options: [:], payload: Payload()), from: 2)
        #expect(realm.call(1, "a.b", request: 4).invocations(to: 2).count == 1)
    }

    // MARK: Progressive results (8.3, 13)

    @Test("receive_progress passes on to a callee that announces it, with or without call_canceling")
    func receiveProgress() throws {
        for (features, expected) in [
            (["progressive_call_results", "call_canceling"], true), (["progressive_call_results"], true),
            (["call_canceling"], false), ([], false),
        ] as [([String], Bool)] {
            var realm = try realm(callee: features)
            let details = try #require(realm.call(1, "a.b", ["receive_progress": true]).invocations(to: 2).first)
                .details
            #expect(details["receive_progress"] == (expected ? true : nil), "\(features)")
        }
        var realm = try realm()
        let details = try #require(realm.call(1, "a.b", ["receive_progress": false]).invocations(to: 2).first).details
        #expect(details["receive_progress"] == nil)
    }

    @Test("Progress is passed on at once and in order, then one final result")
    func progress() throws {
        var realm = try realm()
        realm.call(1, "a.b", ["receive_progress": true], request: 9)
        for number in 1...3 as ClosedRange<Int64> {
            let payload = Payload([.int(number)])
            #expect(
                realm.receive(.yield(request: 1, options: ["progress": true], payload: payload), from: 2)
                    == [.send(.result(request: 9, details: ["progress": true], payload: payload), to: 1)])
        }
        #expect(
            realm.receive(.yield(request: 1, options: ["progress": false], payload: Payload()), from: 2)
                == [.send(.result(request: 9, details: [:], payload: Payload()), to: 1)])
        #expect(realm.receive(.yield(request: 1, options: ["progress": true], payload: Payload()), from: 2).isEmpty)
    }

    @Test("Progress that nobody asked for is dropped, the final result is not")
    func unwantedProgress() throws {
        var realm = try realm()
        realm.call(1, "a.b")
        #expect(realm.receive(.yield(request: 1, options: ["progress": true], payload: Payload()), from: 2).isEmpty)
        #expect(realm.receive(.yield(request: 1, options: [:], payload: Payload()), from: 2).count == 1)
    }

    // MARK: Progressive invocations (8.4)

    @Test("A progressive CALL without the announcement is a violation")
    func progressiveUnannounced() throws {
        var realm = try realm()
        #expect(realm.call(1, "a.b", ["progress": true]).aborts(to: 1) == [ErrorURI.protocolViolation])
    }

    @Test("A progressive CALL of an announcing caller is feature_not_supported once; its further parts are dropped")
    func progressiveAnnounced() throws {
        var realm = TestRealm()
        realm.join(1, caller: ["progressive_call_invocations"])
        realm.join(2)
        _ = try realm.register(2, "a.b")
        let actions = realm.call(1, "a.b", ["progress": true], request: 4)
        #expect(actions.count == 1)
        #expect(actions.errors(to: 1).first?.uri == ErrorURI.featureNotSupported)
        #expect(realm.call(1, "a.b", ["progress": true], request: 4).isEmpty)
        #expect(realm.call(1, "a.b", [:], request: 4).isEmpty)
        #expect(realm.call(1, "a.b", [:], request: 5).invocations(to: 2).count == 1)
        #expect(realm.call(1, "a.b", ["progress": true], request: 6).errors(to: 1).count == 1)
    }

    // MARK: Ends of sessions (8.1)

    @Test("When the callee is gone its callers get canceled with a text")
    func calleeGone() throws {
        var realm = try realm()
        realm.join(3)
        realm.call(1, "a.b", request: 7)
        realm.call(3, "a.b", ["timeout": 500], request: 8)
        let actions = realm.leave(2)
        for (caller, request) in [(1, 7), (3, 8)] as [(UInt64, UInt64)] {
            let error = try #require(actions.errors(to: caller).first)
            #expect(error.type == MessageCode.call)
            #expect(error.request == request)
            #expect(error.uri == "wamp.error.canceled")
            #expect(error.sentence?.isEmpty == false)
        }
        #expect(actions.timersCancelled.count == 1)
        #expect(actions.sent(to: 2).isEmpty)
        #expect(realm.machine.statistics == RealmStatistics(sessions: 2))
        #expect(realm.call(1, "a.b").errors(to: 1).first?.uri == ErrorURI.noSuchProcedure)
    }

    @Test("When the caller is gone the callee is interrupted if it announced that; its late answer is dropped")
    func callerGone() throws {
        for (features, interrupts) in [
            (["call_canceling"], ["1 killnowait wamp.error.canceled"]), ([], []),
        ] as [([String], [String])] {
            var realm = try realm(callee: features)
            realm.call(1, "a.b", ["timeout": 500])
            let actions = realm.leave(1)
            #expect(actions.interrupts(to: 2) == interrupts)
            #expect(actions.timersCancelled.count == 1)
            #expect(realm.receive(.yield(request: 1, options: [:], payload: Payload()), from: 2).isEmpty)
            #expect(realm.machine.statistics == RealmStatistics(sessions: 1, registrations: 1))
        }
    }

    @Test("A call that was interrupted already is not interrupted again when its caller goes")
    func callerGoneAfterKill() throws {
        var realm = try realm()
        realm.call(1, "a.b")
        realm.receive(.cancel(request: 1, options: ["mode": "kill"]), from: 1)
        #expect(realm.leave(1).isEmpty)
    }

    // MARK: Wrong types

    @Test(
        "A known option of a wrong type costs the session",
        arguments: [
            ["receive_progress": 1], ["receive_progress": "x"], ["progress": 0], ["timeout": "100"], ["timeout": -1],
            ["timeout": 1.5], ["timeout": true], ["disclose_me": 1],
        ] as [Object])
    func wrongTypes(_ options: Object) throws {
        var realm = try realm()
        #expect(realm.call(1, "a.b", options).aborts(to: 1) == [ErrorURI.protocolViolation])
        #expect(realm.machine.statistics.sessions == 1)
    }

    @Test("A YIELD with a wrong type costs the callee its session and the caller its call only")
    func wrongYield() throws {
        var realm = try realm()
        realm.call(1, "a.b")
        let actions = realm.receive(.yield(request: 1, options: ["progress": "yes"], payload: Payload()), from: 2)
        #expect(actions.aborts(to: 2) == [ErrorURI.protocolViolation])
        #expect(actions.errors(to: 1).first?.uri == ErrorURI.canceled)
    }

    // MARK: Messages that are too large (6.2)

    @Test("A message that the transport cannot carry ends its call with payload_size_exceeded; an EVENT is dropped")
    func tooLarge() throws {
        var realm = try realm()
        let invocation = try #require(realm.call(1, "a.b", ["timeout": 100], request: 3).sent(to: 2).first)
        let actions = realm.machine.undeliverable(invocation, to: 2, now: TestRealm.now)
        #expect(actions.errors(to: 1).map(\.uri) == [ErrorURI.payloadSizeExceeded])
        #expect(actions.timersCancelled.count == 1)
        realm.call(1, "a.b", request: 4)
        let result = try #require(
            realm.receive(.yield(request: 2, options: [:], payload: Payload([1])), from: 2).sent(to: 1).first)
        let answer = realm.machine.undeliverable(result, to: 1, now: TestRealm.now)
        #expect(answer.errors(to: 1).map(\.request) == [4])
        #expect(answer.errors(to: 1).map(\.uri) == [ErrorURI.payloadSizeExceeded])
        let event = Message.event(subscription: 1, publication: 1, details: [:], payload: Payload())
        #expect(realm.machine.undeliverable(event, to: 1, now: TestRealm.now).isEmpty)
        realm.call(1, "a.b", ["receive_progress": true], request: 5)
        let progress = try #require(
            realm.receive(.yield(request: 3, options: ["progress": true], payload: Payload([1])), from: 2)
                .sent(to: 1).first)
        let ended = realm.machine.undeliverable(progress, to: 1, now: TestRealm.now)
        #expect(ended.interrupts(to: 2) == ["3 killnowait wamp.error.canceled"])
        #expect(ended.errors(to: 1).map(\.request) == [5])
        #expect(realm.machine.statistics.calls == 0)
        let error = Message.error(type: 48, request: 5, details: [:], uri: "a.b", payload: Payload(["long"]))
        #expect(
            realm.machine.undeliverable(error, to: 1, now: TestRealm.now).errors(to: 1).map(\.uri)
                == [ErrorURI.payloadSizeExceeded])
    }
}

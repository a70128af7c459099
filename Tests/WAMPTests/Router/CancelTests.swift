import Testing
import Values
import WAMP

@Suite("Canceling and time of calls at the router")
struct CancelTests {
    private func realm(callee: [String] = TestRealm.calleeFeatures, _ options: Object = [:]) throws -> TestRealm {
        var realm = TestRealm(sessions: [1])
        realm.join(2, callee: callee)
        _ = try realm.register(2, "a.b", options)
        return realm
    }

    private func cancel(_ mode: String?, request: UInt64 = 5) -> Message {
        .cancel(request: request, options: mode.map { ["mode": .string($0)] } ?? [:])
    }

    struct Row: Sendable {
        let mode: String?
        let canInterrupt: Bool
        /// The mode of the INTERRUPT, nil for none.
        let interrupt: String?
        /// Whether the caller gets ERROR canceled at once.
        let endsAtOnce: Bool
    }

    static let table = [
        Row(mode: "skip", canInterrupt: true, interrupt: nil, endsAtOnce: true),
        Row(mode: "kill", canInterrupt: true, interrupt: "kill", endsAtOnce: false),
        Row(mode: "killnowait", canInterrupt: true, interrupt: "killnowait", endsAtOnce: true),
        Row(mode: nil, canInterrupt: true, interrupt: "killnowait", endsAtOnce: true),
        Row(mode: "skip", canInterrupt: false, interrupt: nil, endsAtOnce: true),
        Row(mode: "kill", canInterrupt: false, interrupt: nil, endsAtOnce: true),
        Row(mode: "killnowait", canInterrupt: false, interrupt: nil, endsAtOnce: true),
        Row(mode: nil, canInterrupt: false, interrupt: nil, endsAtOnce: true),
    ]

    @Test(
        "CANCEL does in each mode what the table says, with and without call_canceling (8.5)", arguments: table.indices)
    func modes(_ index: Int) throws {
        let row = Self.table[index]
        var realm = try realm(callee: row.canInterrupt ? ["call_canceling"] : [])
        realm.call(1, "a.b", request: 5)
        let actions = realm.receive(cancel(row.mode), from: 1)
        #expect(actions.interrupts(to: 2) == (row.interrupt.map { ["1 \($0) wamp.error.canceled"] } ?? []))
        #expect(actions.errors(to: 1).map(\.uri) == (row.endsAtOnce ? [ErrorURI.canceled] : []))
        #expect(actions.errors(to: 1).allSatisfy { $0.type == MessageCode.call && $0.request == 5 })
        // The answer reaches the caller only while it waits.
        let answer = realm.receive(.yield(request: 1, options: [:], payload: Payload([7])), from: 2)
        #expect(answer.sent(to: 1).count == (row.endsAtOnce ? 0 : 1))
        #expect(realm.machine.statistics.calls == 0)
        #expect(realm.machine.statistics.invocations == 0)
    }

    @Test("After kill the callee's ERROR is the caller's answer")
    func killAnswered() throws {
        var realm = try realm()
        realm.call(1, "a.b", request: 5)
        realm.receive(cancel("kill"), from: 1)
        let error = Message.error(type: 68, request: 1, details: [:], uri: "wamp.error.canceled", payload: Payload())
        #expect(realm.receive(error, from: 2).errors(to: 1).map(\.uri) == ["wamp.error.canceled"])
        #expect(realm.receive(error, from: 2).isEmpty)
    }

    @Test("The callee is interrupted once: kill again is nothing, killnowait after kill frees the caller")
    func killTwice() throws {
        var realm = try realm()
        realm.call(1, "a.b", request: 5)
        realm.receive(cancel("kill"), from: 1)
        #expect(realm.receive(cancel("kill"), from: 1).isEmpty)
        let actions = realm.receive(cancel("killnowait"), from: 1)
        #expect(actions.interrupts(to: 2).isEmpty)
        #expect(actions.errors(to: 1).map(\.uri) == [ErrorURI.canceled])
    }

    @Test("CANCEL of an unknown, a finished or another's call is ignored")
    func unknown() throws {
        var realm = try realm()
        realm.join(3)
        realm.call(1, "a.b", request: 5)
        #expect(realm.receive(cancel("kill", request: 5), from: 3).isEmpty)
        #expect(realm.receive(cancel("kill", request: 5), from: 2).isEmpty)
        #expect(realm.receive(cancel("kill", request: 6), from: 1).isEmpty)
        realm.receive(.yield(request: 1, options: [:], payload: Payload()), from: 2)
        #expect(realm.receive(cancel("killnowait"), from: 1).isEmpty)
        #expect(realm.machine.statistics.sessions == 3)
    }

    @Test("A mode that there is not costs the session", arguments: ["bogus", 1, true] as [Value])
    func wrongMode(_ mode: Value) throws {
        var realm = try realm()
        realm.call(1, "a.b", request: 5)
        let actions = realm.receive(.cancel(request: 5, options: ["mode": mode]), from: 1)
        #expect(actions.aborts(to: 1) == [ErrorURI.protocolViolation])
        #expect(actions.interrupts(to: 2).count == 1)
    }

    // MARK: Timeouts (8.6)

    @Test("The time is in milliseconds; when it is over the caller gets timeout and the callee an INTERRUPT")
    func timeout() throws {
        for (features, interrupts) in [
            (["call_canceling"], ["1 killnowait wamp.error.timeout"]), ([], []),
        ] as [([String], [String])] {
            var realm = try realm(callee: features)
            let started = realm.call(1, "a.b", ["timeout": 150], request: 5).timersStarted
            #expect(started.map(\.duration) == [.milliseconds(150)])
            let timer = try #require(started.first).id
            let actions = realm.machine.timerFired(timer, now: TestRealm.now)
            #expect(actions.interrupts(to: 2) == interrupts)
            #expect(actions.errors(to: 1).map(\.uri) == ["wamp.error.timeout"])
            #expect(actions.errors(to: 1).map(\.request) == [5])
            #expect(actions.timersCancelled.isEmpty)
            #expect(realm.machine.timerFired(timer, now: TestRealm.now).isEmpty)
            #expect(realm.receive(.yield(request: 1, options: [:], payload: Payload()), from: 2).isEmpty)
            #expect(realm.machine.statistics == RealmStatistics(sessions: 2, registrations: 1))
        }
    }

    @Test(
        "0, null and no timeout are none",
        arguments: [[:], ["timeout": 0], ["timeout": nil], ["timeout": 0.0]] as [Object])
    func none(_ options: Object) throws {
        var realm = try realm()
        let actions = realm.call(1, "a.b", options)
        #expect(actions.timersStarted.isEmpty)
        #expect(actions.invocations(to: 2).first?.details["timeout"] == nil)
    }

    @Test("An answer stops the timer, and the late timer does nothing")
    func answered() throws {
        var realm = try realm()
        let timer = try #require(realm.call(1, "a.b", ["timeout": 150]).timersStarted.first).id
        let actions = realm.receive(.yield(request: 1, options: [:], payload: Payload()), from: 2)
        #expect(actions.timersCancelled == [timer])
        #expect(realm.machine.timerFired(timer, now: TestRealm.now).isEmpty)
        let second = try #require(realm.call(1, "a.b", ["timeout": 150]).timersStarted.first).id
        #expect(second != timer)
        #expect(realm.receive(cancel("skip", request: 1), from: 1).timersCancelled == [second])
    }

    @Test("Each progressive result starts the time anew")
    func betweenResults() throws {
        var realm = try realm()
        let timer = try #require(
            realm.call(1, "a.b", ["timeout": 150, "receive_progress": true]).timersStarted.first
        ).id
        let actions = realm.receive(.yield(request: 1, options: ["progress": true], payload: Payload()), from: 2)
        #expect(actions.timersStarted.map(\.id) == [timer])
        #expect(actions.timersStarted.map(\.duration) == [.milliseconds(150)])
        #expect(realm.machine.timerFired(timer, now: TestRealm.now).errors(to: 1).map(\.uri) == [ErrorURI.timeout])
    }

    @Test("The time still runs after kill, and the callee is not interrupted twice")
    func afterKill() throws {
        var realm = try realm()
        let timer = try #require(realm.call(1, "a.b", ["timeout": 150], request: 5).timersStarted.first).id
        realm.receive(cancel("kill"), from: 1)
        let actions = realm.machine.timerFired(timer, now: TestRealm.now)
        #expect(actions.interrupts(to: 2).isEmpty)
        #expect(actions.errors(to: 1).map(\.uri) == [ErrorURI.timeout])
    }

    @Test("The callee keeps the time only if it announced that and asked for it")
    func forwarded() throws {
        for (features, options, isForwarded) in [
            (["call_timeout"], ["forward_timeout": true], true), (["call_timeout"], [:], false),
            ([], ["forward_timeout": true], false), (["call_timeout"], ["forward_timeout": false], false),
        ] as [([String], Object, Bool)] {
            var realm = try realm(callee: features, options)
            let actions = realm.call(1, "a.b", ["timeout": 250])
            #expect(actions.timersStarted.count == (isForwarded ? 0 : 1))
            #expect(actions.invocations(to: 2).first?.details["timeout"] == (isForwarded ? 250 : nil))
        }
    }

    @Test(
        "Any number of milliseconds can be asked for and none overflows",
        arguments: [
            .uint(.max), .int(.max), 9_007_199_254_740_992, 1e18, 31_536_000_001,
        ] as [Value])
    func huge(_ timeout: Value) throws {
        var realm = try realm()
        #expect(realm.call(1, "a.b", ["timeout": timeout]).timersStarted.map(\.duration) == [.seconds(31_536_000)])
    }
}

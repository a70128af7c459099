import Testing
import Values
import WAMP

@Suite("Hostile clients of the router")
struct RouterPropertyTests {
    private static let uris = [
        "a.b", "a.c", "a.b.c", "a.", "", "a..c", "x", "wamp.session.on_join", "wamp.session.count", "wamp", "a b", "a#",
        "..", "wamp.subscription.on_create", String(repeating: ".", count: 2000), String(repeating: "a.", count: 400),
    ]
    private static let values: [Value] = [
        true, false, nil, 0, 1, 2, 3, 4, 5, -1, 1.5, 2.0, .uint(.max), .int(.max), "exact", "prefix", "wildcard",
        "kill", "skip", "killnowait", "x", "", "single", "roundrobin", "detached", [], [1, 2], ["a"], [nil], [:],
        ["match": "prefix"], .bytes([0]), .double(.infinity), .double(.nan),
    ]
    private static let keys = [
        "acknowledge", "exclude_me", "exclude", "eligible", "exclude_authid", "eligible_authrole", "match", "invoke",
        "force_reregister", "receive_progress", "progress", "timeout", "mode", "forward_timeout", "scope", "reason",
        "publish_options", "disclose_me", "forward_for", "x_any",
    ]
    private static let procedures =
        ["count", "list", "get", "kill", "kill_by_authid", "kill_by_authrole", "add_testament", "flush_testaments"]
        .map { "wamp.session." + $0 }
        + ["list", "lookup", "match", "get", "list_subscribers", "count_subscribers"].map { "wamp.subscription." + $0 }
        + ["list", "lookup", "match", "get", "list_callees", "count_callees"].map { "wamp.registration." + $0 }

    /// A realm of five sessions and what the test remembers of it.
    private struct Chaos {
        var realm: TestRealm
        var random: SeededGenerator
        var joined: Set<UInt64> = []
        var timers: [RouterTimerID] = []
        var ids: [UInt64] = [1]
        var next: UInt64 = 1
        /// The codes of all messages that were sent.
        var seen: Set<UInt64> = []

        init(seed: UInt64, strict: Bool) {
            random = SeededGenerator(seed: seed)
            realm = TestRealm(
                options: RealmOptions(
                    strictRequestIDs: strict, subscriptionsPerSession: 20, registrationsPerSession: 20,
                    callsPerSession: 20, testamentsPerSession: 5),
                seed: seed, authorize: { _, uri, _, identity in uri != "a.c" || identity.session.isMultiple(of: 2) })
        }

        mutating func pick<Element>(_ choices: [Element]) -> Element {
            choices[Int.random(in: 0..<choices.count, using: &random)]
        }

        /// Mostly sensible, sometimes anything.
        mutating func options(_ sensible: [Object]) -> Object {
            guard Int.random(in: 0..<10, using: &random) == 0 else { return pick(sensible) }
            return [pick(RouterPropertyTests.keys): pick(RouterPropertyTests.values)]
        }

        mutating func identifier() -> UInt64 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: UInt64.random(in: 1...6, using: &random)
            case 1: pick([WAMPID.maximum, 1, 2, 3])
            default: pick(ids)
            }
        }

        mutating func payload() -> Payload {
            let count = Int.random(in: 0..<4, using: &random)
            var args = (0..<count).map { _ in pick(RouterPropertyTests.values) }
            if Bool.random(using: &random) { args.insert(.integer(identifier()), at: 0) }
            if Bool.random(using: &random) { args.insert(.string(pick(RouterPropertyTests.uris)), at: 0) }
            let kwargs: Object =
                Bool.random(using: &random)
                ? [pick(RouterPropertyTests.keys): pick(RouterPropertyTests.values)] : [:]
            return Payload(args, kwargs: kwargs)
        }

        mutating func message() -> Message {
            let request = UInt64.random(in: 1...8, using: &random)
            switch Int.random(in: 0..<40, using: &random) {
            case 0..<6:
                return .subscribe(
                    request: request, options: options([[:], ["match": "prefix"], ["match": "wildcard"]]),
                    topic: pick(RouterPropertyTests.uris))
            case 6..<9: return .unsubscribe(request: request, subscription: identifier())
            case 9..<14:
                return .publish(
                    request: request,
                    options: options([[:], ["acknowledge": true], ["exclude_me": false], ["eligible": [1, 2, 3]]]),
                    topic: pick(RouterPropertyTests.uris), payload: payload())
            case 14..<19:
                return .register(
                    request: request, options: options([[:], ["force_reregister": true], ["forward_timeout": true]]),
                    procedure: pick(RouterPropertyTests.uris))
            case 19..<21: return .unregister(request: request, registration: identifier())
            case 21..<27:
                return .call(
                    request: request, options: options([[:], ["timeout": 50], ["receive_progress": true]]),
                    procedure: pick(RouterPropertyTests.uris), payload: payload())
            case 27..<30:
                return .call(
                    request: request, options: [:], procedure: pick(RouterPropertyTests.procedures),
                    payload: payload())
            case 30..<34:
                return .yield(
                    request: identifier(), options: options([[:], [:], ["progress": true]]), payload: payload())
            case 34:
                return .error(
                    type: pick([68, 68, 68, 48]), request: identifier(), details: [:], uri: "x.y", payload: payload())
            case 35..<38:
                return .cancel(
                    request: request,
                    options: options([[:], ["mode": "kill"], ["mode": "skip"], ["mode": "killnowait"]]))
            case 38: return .extended(code: 337, elements: [1])
            default:
                return pick([
                    .goodbye(details: [:], reason: "a.b"), .abort(details: [:], reason: "a.b", payload: Payload()),
                    .hello(realm: "r", details: [:]), .result(request: 1, details: [:], payload: Payload()),
                    .welcome(session: 1, details: [:]), .interrupt(request: 1, options: [:]),
                ])
            }
        }

        /// Carries the actions out and checks what holds for all of them.
        mutating func carryOut(_ actions: [RouterAction]) {
            for action in actions {
                switch action {
                case .send(let message, let session):
                    #expect(joined.contains(session), "\(message) for a session that is gone")
                    note(message)
                case .sendEvent(let message, let sessions):
                    #expect(joined.isSuperset(of: sessions), "an event for a session that is gone")
                    #expect(Set(sessions).count == sessions.count)
                    #expect(!sessions.isEmpty)
                    note(message)
                case .startTimer(let id, let duration):
                    #expect(duration > .zero)
                    if !timers.contains(id) { timers.append(id) }
                case .cancelTimer(let id):
                    #expect(timers.contains(id), "a timer that does not run")
                    timers.removeAll { $0 == id }
                case .end(let session, _): #expect(joined.remove(session) != nil, "an end that was told already")
                }
            }
            #expect(realm.machine.statistics.timers == timers.count)
            #expect(realm.machine.statistics.sessions == joined.count)
            #expect(realm.machine.statistics.calls == realm.machine.statistics.invocations)
        }

        private mutating func note(_ message: Message) {
            seen.insert(message.code)
            switch message {
            case .subscribed(_, let id), .registered(_, let id), .invocation(let id, _, _, _): ids.append(id)
            default: break
            }
            if ids.count > 12 { ids.removeFirst(ids.count - 12) }
        }

        mutating func step() {
            if joined.count < 5 {
                next += 1
                let caller = Bool.random(using: &random) ? ["progressive_call_invocations"] : []
                let callee = pick([[], TestRealm.calleeFeatures, ["progressive_call_results"]])
                joined.insert(next)
                carryOut(
                    realm.join(
                        next, authID: pick(["a", "b"]), role: pick(["user", "admin"]), callee: callee, caller: caller))
            }
            let session = pick(joined.sorted())
            switch Int.random(in: 0..<60, using: &random) {
            case 0:
                let actions = realm.leave(session)
                joined.remove(session)
                carryOut(actions)
            case 1:
                let error = WAMPError(.protocolViolation, message: "x")
                carryOut(realm.machine.receiveInvalid(error, from: session, now: TestRealm.now))
            case 2...4:
                guard !timers.isEmpty else { return }
                let timer = timers.removeFirst()
                carryOut(realm.machine.timerFired(timer, now: TestRealm.now))
            case 5: carryOut(realm.machine.undeliverable(message(), to: session, now: TestRealm.now))
            default: carryOut(realm.receive(message(), from: session))
            }
        }
    }

    @Test(
        "Whatever five clients send, nothing traps, nothing goes to the dead, and nothing is left of them",
        arguments: 0..<24 as Range<UInt64>)
    func chaos(_ seed: UInt64) {
        var chaos = Chaos(seed: seed, strict: seed % 8 == 7)
        for _ in 0..<600 { chaos.step() }
        for session in chaos.joined.sorted() {
            let actions = chaos.realm.leave(session)
            chaos.joined.remove(session)
            chaos.carryOut(actions)
        }
        #expect(chaos.realm.machine.statistics == RealmStatistics())
        #expect(chaos.timers.isEmpty)
        guard seed % 8 != 7 else { return }
        // It was no idle talk.
        let expected: Set<UInt64> = [
            MessageCode.abort, MessageCode.error, MessageCode.subscribed, MessageCode.event,
            MessageCode.registered, MessageCode.invocation, MessageCode.result,
        ]
        #expect(chaos.seen.isSuperset(of: expected), "only \(chaos.seen.sorted())")
    }

    @Test("Two runs of one seed say the same", arguments: [3, 5] as [UInt64])
    func repeatable(_ seed: UInt64) {
        var runs: [[RouterAction]] = []
        for _ in 0..<2 {
            var chaos = Chaos(seed: seed, strict: false)
            var actions: [RouterAction] = []
            for session in 1...5 as ClosedRange<UInt64> { actions += chaos.realm.join(session) }
            for step in 0..<300 as Range<UInt64> {
                actions += chaos.realm.receive(chaos.message(), from: step % 5 + 1)
            }
            runs.append(actions.filter { if case .cancelTimer = $0 { false } else { true } })
        }
        #expect(!runs[0].isEmpty)
        // Values that are not a number are never equal, so the texts are compared.
        #expect(runs[0].map { "\($0)" } == runs[1].map { "\($0)" })
    }

    @Test(
        "Random openings never trap, join at most once and say nothing afterwards", arguments: 0..<20 as Range<UInt64>)
    func openings(_ seed: UInt64) {
        var chaos = Chaos(seed: seed, strict: false)
        for _ in 0..<30 {
            var machine = OpeningMachine(
                session: 5, peer: .memory, options: OpeningOptions(realms: ["realm1"]),
                random: SeededGenerator(seed: seed))
            var actions = machine.start()
            for _ in 0..<8 {
                let isOver = machine.isOver
                let more: [OpeningAction]
                switch Int.random(in: 0..<8, using: &chaos.random) {
                case 0...2:
                    more = machine.receive(
                        .hello(
                            realm: chaos.pick(["realm1", "realm1", "x"]),
                            details: chaos.options([
                                ["roles": ["caller": [:]]],
                                ["roles": ["caller": [:]], "authmethods": ["wampcra"], "authid": "a"],
                            ])))
                case 3:
                    let proof: Principal.Proof = chaos.pick([.none, .ticket("t"), .wampcra(secret: "s")])
                    more = machine.principalFound(
                        Principal(authID: "a", authRole: "r", authProvider: "p", proof: proof), now: TestRealm.now)
                case 4: more = machine.refused(.unknownPrincipal, now: TestRealm.now)
                case 5: more = machine.receive(.authenticate(signature: chaos.pick(["t", "s", ""]), extra: [:]))
                case 6: more = machine.receive(chaos.message())
                default: more = chaos.pick([true, false]) ? [] : machine.timerFired()
                }
                #expect(!isOver || more.isEmpty)
                actions += more
            }
            let ends = actions.filter { action in
                switch action {
                case .join, .close: true
                default: false
                }
            }
            #expect(ends.count == (machine.isOver ? 1 : 0))
        }
    }
}

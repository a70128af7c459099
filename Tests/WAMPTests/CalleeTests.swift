import Testing
import Values
import WAMP

@Suite("Registrations and invocations")
struct CalleeTests {
    private func invocation(
        _ request: UInt64, of registration: UInt64 = 5, _ details: Object = [:], _ payload: Payload = Payload()
    ) -> Message {
        .invocation(request: request, registration: registration, details: details, payload: payload)
    }

    @Test("An invocation right after REGISTERED finds its handler, with all that came")
    func invocationAfterRegistered() throws {
        var machine = OpenSession.make()
        let started = try machine.register("a.b", options: ["force_reregister": true, "invoke": "roundrobin"])
        #expect(
            machine.receive(.registered(request: 1, registration: 5))
                == [.complete(started.operation, .success(.registered(registration: 5)))])
        let details: Object = ["caller_authid": "joe", "receive_progress": true]
        let actions = machine.receive(invocation(9, details, Payload([1], kwargs: ["k": 2])))
        guard case .invoke(let request) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(request.request == 9)
        #expect(request.registration == started.operation)
        #expect(request.procedure == "a.b")
        #expect(request.args == [1])
        #expect(request.kwargs == ["k": 2])
        #expect(request.details == details)
        #expect(request.receivesProgress)
        #expect(request.timeout == nil)
    }

    @Test("A pattern registration is told the concrete procedure")
    func patterns() throws {
        var machine = OpenSession.make()
        _ = try machine.registered("a.", id: 5, options: ["match": "prefix"])
        guard case .invoke(let request) = machine.receive(invocation(1, ["procedure": "a.b.c"])).first else {
            Issue.record("no invocation")
            return
        }
        #expect(request.procedure == "a.b.c")
        #expect(throws: Never.self) { try machine.register("a..c", options: ["match": "wildcard"]) }
        #expect(throws: WAMPError.self) { try machine.register("a..c", options: ["match": "prefix"]) }
    }

    @Test(
        "Options that cost a router its connection are refused here",
        arguments: [["match": "bogus"], ["match": 1], ["invoke": "sometimes"], ["invoke": 1]] as [Object])
    func badOptions(_ options: Object) {
        var machine = OpenSession.make()
        let error = #expect(throws: WAMPError.self) { try machine.register("a.b", options: options) }
        #expect(error?.code == .invalidArgument)
    }

    @Test("The final answer is sent once; a second answer, of any kind, is dropped")
    func answers() throws {
        var machine = OpenSession.make()
        _ = try machine.registered("a.b", id: 5)
        _ = machine.receive(invocation(9))
        #expect(
            machine.respond(to: 9, Payload([1])) == [.send(.yield(request: 9, options: [:], payload: Payload([1])))])
        #expect(machine.respond(to: 9, Payload()).isEmpty)
        #expect(machine.fail(9, WAMPError(uri: "com.e")).isEmpty)
        #expect(machine.progress(of: 9, Payload()).isEmpty)
        #expect(machine.receive(.interrupt(request: 9, options: [:])).isEmpty)
    }

    @Test("Intermediate answers go only to callers that want them")
    func progress() throws {
        var machine = OpenSession.make()
        _ = try machine.registered("a.b", id: 5)
        _ = machine.receive(invocation(1, ["receive_progress": true]))
        _ = machine.receive(invocation(2, ["progress": false]))
        #expect(
            machine.progress(of: 1, Payload([1]))
                == [.send(.yield(request: 1, options: ["progress": true], payload: Payload([1])))])
        #expect(machine.progress(of: 2, Payload([1])).isEmpty)
        #expect(machine.progress(of: 3, Payload([1])).isEmpty)
        #expect(machine.respond(to: 2, Payload()).count == 1)
    }

    @Test("A handler's error goes out with its URI and arguments; without them its sentence is the argument")
    func failures() throws {
        let cases: [(WAMPError, String, Payload)] = [
            (WAMPError(uri: "com.e", args: [1], kwargs: ["k": 2]), "com.e", Payload([1], kwargs: ["k": 2])),
            (WAMPError(uri: "com.e"), "com.e", Payload()),
            (WAMPError(uri: "com.e", message: "why"), "com.e", Payload(["why"])),
            (WAMPError(uri: "not a uri", message: "why"), "wamp.error.runtime_error", Payload(["why"])),
            (WAMPError(.timeout, message: "late"), "wamp.error.timeout", Payload(["late"])),
        ]
        for (error, uri, payload) in cases {
            var machine = OpenSession.make()
            _ = try machine.registered("a.b", id: 5)
            _ = machine.receive(invocation(4))
            #expect(
                machine.fail(4, error)
                    == [.send(.error(type: 68, request: 4, details: [:], uri: uri, payload: payload))])
        }
    }

    @Test(
        "INTERRUPT cancels the handler; kill is answered with canceled, killnowait with nothing, late answers are dropped",
        arguments: ["kill", "killnowait", nil])
    func interrupt(_ mode: String?) throws {
        var machine = OpenSession.make()
        _ = try machine.registered("a.b", id: 5)
        _ = machine.receive(invocation(4))
        let actions = machine.receive(.interrupt(request: 4, options: mode.map { ["mode": .string($0)] } ?? [:]))
        #expect(actions.first == .cancelInvocation(4))
        let answered = actions.sent.map { $0.value[4] }
        #expect(answered == (mode == "killnowait" ? [] : ["wamp.error.canceled"]))
        #expect(machine.respond(to: 4, Payload()).isEmpty)
        #expect(machine.receive(.interrupt(request: 4, options: [:])).isEmpty)
    }

    @Test("A time limit for the handler counts only from a dealer that announces call_timeout")
    func timeouts() throws {
        for (features, value, expected) in [
            (["call_timeout"], 150, .milliseconds(150)), (["call_timeout"], 150.0, .milliseconds(150)),
            (["call_timeout"], 0, nil), (["call_timeout"], -1, nil), (["call_timeout"], nil, nil),
            (["call_timeout"], [1], nil), ([], 150, nil),
        ] as [([String], Value, Duration?)] {
            var machine = OpenSession.make(dealer: features)
            _ = try machine.registered("a.b", id: 5)
            guard case .invoke(let request) = machine.receive(invocation(1, ["timeout": value])).first else {
                Issue.record("no invocation")
                continue
            }
            #expect(request.timeout == expected)
        }
    }

    @Test("A call in several parts is refused once, its further parts are dropped")
    func progressiveInvocations() throws {
        var machine = OpenSession.make()
        _ = try machine.registered("a.b", id: 5)
        let refused = machine.receive(invocation(3, ["progress": true]))
        #expect(refused.sent.first?.value[4] == "wamp.error.feature_not_supported")
        #expect(refused.count == 1)
        #expect(machine.receive(invocation(3, ["progress": true])).isEmpty)
        #expect(machine.receive(invocation(3, ["progress": false])).isEmpty)
        #expect(machine.receive(invocation(4)).count == 1)
    }

    @Test("A second invocation under a number that is in use is dropped")
    func duplicate() throws {
        var machine = OpenSession.make()
        _ = try machine.registered("a.b", id: 5)
        #expect(machine.receive(invocation(3)).count == 1)
        #expect(machine.receive(invocation(3)).isEmpty)
        #expect(machine.respond(to: 3, Payload()).count == 1)
    }

    @Test("Payload passthru is refused with the standard error")
    func passthru() throws {
        var machine = OpenSession.make()
        _ = try machine.registered("a.b", id: 5)
        let refused = machine.receive(invocation(3, ["ppt_scheme": "wamp"], Payload([.bytes([1])])))
        #expect(refused.sent.map { $0.value[4] } == ["wamp.error.feature_not_supported"])
        guard case .invoke = machine.receive(invocation(4, ["ppt_scheme": ""])).first else {
            Issue.record("an empty scheme is none")
            return
        }
    }

    @Test("An invocation of a registration that is over is answered, not lost")
    func unknownRegistration() {
        var machine = OpenSession.make()
        #expect(machine.receive(invocation(3, of: 8)).sent.map { $0.value[4] } == ["wamp.error.no_such_procedure"])
    }

    @Test("UNREGISTER: the handler serves until it is confirmed; whoever asks meanwhile shares the answer")
    func unregister() throws {
        var machine = OpenSession.make()
        let operation = try machine.registered("a.b", id: 5)
        let first = try machine.unregister(operation)
        #expect(first.actions == [.send(.unregister(request: 2, registration: 5))])
        let second = try machine.unregister(operation, timeout: .seconds(1))
        #expect(second.actions == [.startTimer(second.operation, .seconds(1))])
        #expect(machine.receive(invocation(1)).count == 1)
        #expect(
            machine.receive(.unregistered(request: 2, details: [:])).completed == [first.operation, second.operation])
        #expect(machine.receive(invocation(2)).sent.count == 1)
        let third = try machine.unregister(operation)
        #expect(third.actions == [.complete(third.operation, .success(.unregistered))])
    }

    @Test("An unregistration that nobody waits for any more still ends the handler")
    func abandonedUnregister() throws {
        var machine = OpenSession.make()
        let operation = try machine.registered("a.b", id: 5)
        let started = try machine.unregister(operation)
        _ = machine.deadlinePassed(started.operation)
        guard case .registrationEnded(operation, _) = machine.receive(.unregistered(request: 2, details: [:])).first
        else {
            Issue.record("the handler stays")
            return
        }
    }

    @Test("A registration taken over by force ends its handler and is not unregistered afterwards (8.10)")
    func evicted() throws {
        var machine = OpenSession.make()
        let operation = try machine.registered("a.b", id: 5)
        let actions = machine.receive(.unregistered(request: 0, details: ["registration": 5]))
        guard case .registrationEnded(operation, let error) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(error.uri == "wamp.error.unregistered")
        #expect(try machine.unregister(operation).actions.sent.isEmpty)
        #expect(machine.receive(.unregistered(request: 0, details: ["registration": 5])).isEmpty)
    }

    @Test("Taken over while UNREGISTER is on its way: the refusal counts as done")
    func evictedWhileUnregistering() throws {
        var machine = OpenSession.make()
        let operation = try machine.registered("a.b", id: 5)
        let started = try machine.unregister(operation)
        _ = machine.receive(.unregistered(request: 0, details: ["registration": 5]))
        let refusal = Message.error(
            type: 66, request: 2, details: [:], uri: "wamp.error.no_such_registration", payload: Payload())
        #expect(machine.receive(refusal) == [.complete(started.operation, .success(.unregistered))])
    }

    @Test("A refused registration fails; one that was given up is undone when it comes")
    func refusedAndUndone() throws {
        var machine = OpenSession.make()
        let refused = try machine.register("a.b")
        let error = Message.error(
            type: 64, request: 1, details: [:], uri: "wamp.error.procedure_already_exists", payload: Payload())
        #expect(
            machine.receive(error).failure(of: refused.operation)?.uri == "wamp.error.procedure_already_exists")
        let late = try machine.register("a.b", timeout: .seconds(1))
        #expect(machine.deadlinePassed(late.operation).failure(of: late.operation)?.code == .timeout)
        #expect(
            machine.receive(.registered(request: 2, registration: 6))
                == [.send(.unregister(request: 3, registration: 6))])
        #expect(machine.receive(.unregistered(request: 3, details: [:])).isEmpty)
    }

    @Test("Registering a shared procedure twice gives one number: the later handler takes over")
    func sharedTwice() throws {
        var machine = OpenSession.make()
        let first = try machine.registered("a.b", id: 5, options: ["invoke": "roundrobin"])
        let second = try machine.register("a.b", options: ["invoke": "roundrobin"])
        let actions = machine.receive(.registered(request: 2, registration: 5))
        guard case .registrationEnded(first, _) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(actions.completed == [second.operation])
        guard case .invoke(let request) = machine.receive(invocation(1)).first else {
            Issue.record("no invocation")
            return
        }
        #expect(request.registration == second.operation)
        #expect(try machine.unregister(first).actions.sent.isEmpty)
        let third = try machine.register("a.b")
        _ = machine.giveUp(third.operation)
        #expect(machine.receive(.registered(request: 3, registration: 5)).isEmpty)
    }

    @Test("Invocations are started in the order in which they come, across procedures (12)")
    func order() throws {
        var machine = OpenSession.make()
        let operations = [try machine.registered("a.b", id: 5), try machine.registered("a.c", id: 6)]
        var started: [UInt64] = []
        for request in 1...20 as ClosedRange<UInt64> {
            for case .invoke(let call) in machine.receive(invocation(request, of: 5 + request % 2)) {
                started.append(call.request)
                #expect(call.registration == operations[Int(request % 2)])
            }
        }
        #expect(started == Array(1...20))
        for request in (1...20 as ClosedRange<UInt64>).reversed() {
            #expect(machine.respond(to: request, Payload()).sent.map { $0.value[1]?.asIdentifier } == [request])
        }
    }
}

import Testing
import Values
import WAMP

@Suite("Every waiter resumes exactly once")
struct ExactlyOnceTests {
    enum Exit: CaseIterable { case reply, error, deadline, cancel, close, goodbye, leave, abort, violation }

    typealias Begin = @Sendable (inout ClientSessionMachine) throws -> ClientSessionMachine.Started

    static let operations: [(UInt64, Begin, @Sendable (UInt64) -> Message)] = [
        (48, { try $0.call("a.b", timeout: .seconds(1)) }, { .result(request: $0, details: [:], payload: Payload()) }),
        (48, { try $0.call("a.b", receiveProgress: true) }, { .result(request: $0, details: [:], payload: Payload()) }),
        (16, { try $0.publish("a.b", acknowledge: true) }, { .published(request: $0, publication: 1) }),
        (64, { try $0.register("a.c") }, { .registered(request: $0, registration: 6) }),
        (32, { try $0.subscribe("a.u") }, { .subscribed(request: $0, subscription: 6) }),
        (66, { try $0.unregister($0.registered("a.b", id: 5)) }, { .unregistered(request: $0, details: [:]) }),
        (34, { try $0.unsubscribe($0.subscribed("a.t", id: 5)) }, { .unsubscribed(request: $0, details: [:]) }),
    ]

    @Test(
        "Reply, error, deadline, cancel, close and every other end: one completion, whatever follows",
        arguments: operations.indices, Exit.allCases)
    func once(_ index: Int, _ exit: Exit) throws {
        let (type, begin, reply) = Self.operations[index]
        var machine = OpenSession.make()
        let started = try begin(&machine)
        let request = try #require(started.request)

        func perform(_ exit: Exit) -> [ClientSessionAction] {
            switch exit {
            case .reply: machine.receive(reply(request))
            case .error:
                machine.receive(.error(type: type, request: request, details: [:], uri: "e.x", payload: Payload()))
            case .deadline: machine.deadlinePassed(started.operation)
            case .cancel: machine.giveUp(started.operation)
            case .close: machine.transportClosed()
            case .goodbye: machine.receive(.goodbye(details: [:], reason: "c.x"))
            case .leave: machine.leave()
            case .abort: machine.receive(.abort(details: [:], reason: "e.x", payload: Payload()))
            case .violation: machine.receive(.welcome(session: 1, details: [:]))
            }
        }

        let first = perform(exit)
        #expect(first.completed == [started.operation])
        var rest: [ClientSessionAction] = []
        for other in Exit.allCases { rest += perform(other) }
        rest += machine.transportClosed()
        #expect(!rest.completed.contains(started.operation))
        #expect((first + rest).ends.count == 1)
    }

    @Test(
        "The end resumes all waiters in order, stops all handlers, ends all registrations and subscriptions, then tells"
    )
    func everything() throws {
        var machine = OpenSession.make()
        let registration = try machine.registered("a.b", id: 5)
        let subscription = try machine.subscribed("a.t", id: 6)
        for request in [12, 11] as [UInt64] {
            _ = machine.receive(.invocation(request: request, registration: 5, details: [:], payload: Payload()))
        }
        let calls = try (0..<3).map { _ in try machine.call("a.b").operation }
        let actions = machine.transportClosed("reset by peer")
        let error = WAMPError(.sessionLost, message: "the session is over: reset by peer")
        #expect(
            actions == calls.map { .complete($0, .failure(error)) } + [
                .cancelInvocation(11), .cancelInvocation(12), .registrationEnded(registration, error),
                .subscriptionEnded(subscription, error),
                .ended(SessionEnd(kind: .lost, reason: "", message: "reset by peer", wasOpen: true)),
            ])
        #expect(machine.respond(to: 11, Payload()).isEmpty)
        #expect(machine.fail(12, WAMPError(uri: "e.x")).isEmpty)
        #expect(throws: WAMPError.self) { try machine.unsubscribe(subscription) }
    }

    @Test("Random traffic never traps, and every operation completes exactly once by the end", arguments: 0..<30)
    func random(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var machine = OpenSession.make()
        var begun: [OperationID] = []
        var completed: [OperationID] = []
        for _ in 0..<300 {
            var actions: [ClientSessionAction] = []
            let target = begun.randomElement(using: &random)
            let number = UInt64.random(in: 1...UInt64(begun.count + 3), using: &random)
            switch Int.random(in: 0..<9, using: &random) {
            case 0...3:
                let (_, begin, _) = Self.operations[Int.random(in: 0..<5, using: &random)]
                let started = try begin(&machine)
                begun.append(started.operation)
                actions = started.actions
            case 4: if let target { actions = machine.giveUp(target) }
            case 5: if let target { actions = machine.deadlinePassed(target) }
            case 6: if let target { actions = machine.cancelCall(target, mode: .kill) }
            case 7:
                actions = machine.receive(
                    .error(type: 48, request: number, details: [:], uri: "e.x", payload: Payload()))
            default:
                actions = machine.receive(
                    .invocation(request: number, registration: 6, details: [:], payload: Payload()))
            }
            completed += actions.completed
        }
        completed += machine.transportClosed().completed
        #expect(Set(begun) == Set(completed))
        #expect(begun.count == completed.count)
    }
}

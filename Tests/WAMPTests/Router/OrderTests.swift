import Testing
import Values
import WAMP

@Suite("Order at the router")
struct OrderTests {
    /// The first arguments of the events or invocations that the session is sent.
    private func numbers(_ actions: [RouterAction], to session: UInt64) -> [Int64] {
        actions.sent(to: session).compactMap { message in
            switch message {
            case .event, .invocation, .result: LenientInteger.signed(message.payload?.args.first ?? nil)
            default: nil
            }
        }
    }

    @Test("Events of one publisher reach one subscriber in order, across topics too (12)")
    func events() throws {
        var realm = TestRealm(sessions: [1, 2, 3])
        for session in [2, 3] as [UInt64] {
            for topic in ["a.b", "a.c"] { _ = try realm.subscribe(session, topic) }
        }
        _ = try realm.subscribe(2, "a.d")
        var actions: [RouterAction] = []
        for number in 0..<100 as Range<Int64> {
            let topic = ["a.b", "a.c", "a.d"][Int(number % 3)]
            actions += realm.publish(1, topic, ["acknowledge": .bool(number % 2 == 0)], Payload([.int(number)]))
        }
        #expect(numbers(actions, to: 2) == Array(0..<100))
        #expect(numbers(actions, to: 3) == (0..<100).filter { $0 % 3 != 2 })
    }

    @Test("Invocations of one caller reach one callee in order, across procedures too (12)")
    func invocations() throws {
        var realm = TestRealm(sessions: [1, 2])
        for procedure in ["a.b", "a.c", "a.d"] { _ = try realm.register(2, procedure) }
        var actions: [RouterAction] = []
        for number in 0..<100 as Range<Int64> {
            let procedure = ["a.b", "a.c", "a.d"][Int(number % 3)]
            actions += realm.call(1, procedure, [:], Payload([.int(number)]), request: UInt64(number) + 1)
        }
        #expect(numbers(actions, to: 2) == Array(0..<100))
        #expect(actions.invocations(to: 2).map(\.request) == Array(1...100))
    }

    @Test("SUBSCRIBED comes before the first EVENT of the subscription (7.1)")
    func subscribedFirst() throws {
        var realm = TestRealm(sessions: [1, 2])
        var actions = realm.publish(2, "a.b")
        actions += realm.receive(.subscribe(request: 1, options: [:], topic: "a.b"), from: 1)
        actions += realm.publish(2, "a.b")
        #expect(actions.codes(to: 1) == [MessageCode.subscribed, MessageCode.event])
    }

    @Test("UNSUBSCRIBED is the last of a subscription")
    func unsubscribedLast() throws {
        var realm = TestRealm(sessions: [1, 2])
        let id = try realm.subscribe(1, "a.b")
        var actions = realm.publish(2, "a.b")
        actions += realm.receive(.unsubscribe(request: 2, subscription: id), from: 1)
        actions += realm.publish(2, "a.b")
        #expect(actions.codes(to: 1) == [MessageCode.event, MessageCode.unsubscribed])
    }

    @Test("REGISTERED comes before the first INVOCATION of the registration (8.1)")
    func registeredFirst() throws {
        var realm = TestRealm(sessions: [1, 2])
        var actions = realm.call(2, "a.b")
        actions += realm.receive(.register(request: 1, options: [:], procedure: "a.b"), from: 1)
        actions += realm.call(2, "a.b", request: 2)
        #expect(actions.codes(to: 1) == [MessageCode.registered, MessageCode.invocation])
    }

    @Test("Progressive results come in order and before the final one (8.3)")
    func progress() throws {
        var realm = TestRealm(sessions: [1, 2])
        _ = try realm.register(2, "a.b")
        var actions = realm.call(1, "a.b", ["receive_progress": true])
        for number in 0..<20 as Range<Int64> {
            let options: Object = number < 19 ? ["progress": true] : [:]
            actions += realm.receive(.yield(request: 1, options: options, payload: Payload([.int(number)])), from: 2)
        }
        #expect(numbers(actions, to: 1) == Array(0..<20))
    }

    @Test("An evicted callee is told before its successor is confirmed, and both before the next call")
    func eviction() throws {
        var realm = TestRealm(sessions: [1, 2, 3])
        _ = try realm.register(1, "a.b")
        var actions = realm.receive(
            .register(request: 1, options: ["force_reregister": true], procedure: "a.b"), from: 2)
        actions += realm.call(3, "a.b")
        #expect(actions.codes(to: 1) == [MessageCode.unregistered])
        #expect(actions.codes(to: 2) == [MessageCode.registered, MessageCode.invocation])
        let codes = actions.compactMap { if case .send(let message, _) = $0 { message.code } else { nil } }
        #expect(codes == [MessageCode.unregistered, MessageCode.registered, MessageCode.invocation])
    }
}

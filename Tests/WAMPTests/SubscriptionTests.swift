import Testing
import Values
import WAMP

@Suite("Subscriptions")
struct SubscriptionTests {
    private func event(_ subscription: UInt64, _ details: Object = [:], publication: UInt64 = 9) -> Message {
        .event(subscription: subscription, publication: publication, details: details, payload: Payload([1]))
    }

    private func consumers(_ actions: [ClientSessionAction]) -> [OperationID] {
        actions.flatMap { if case .deliver(_, let consumers) = $0 { consumers } else { [] as [OperationID] } }
    }

    @Test("An event right after SUBSCRIBED is delivered with all that came")
    func eventAfterSubscribed() throws {
        var machine = OpenSession.make()
        let started = try machine.subscribe("a.t", timeout: .seconds(7))
        #expect(
            started.actions == [
                .send(.subscribe(request: 1, options: [:], topic: "a.t")), .startTimer(started.operation, .seconds(7)),
            ])
        #expect(
            machine.receive(.subscribed(request: 1, subscription: 5))
                == [.complete(started.operation, .success(.subscribed(subscription: 5)))])
        #expect(
            machine.receive(event(5, ["publisher": 3])) == [
                .deliver(
                    Event(publication: 9, topic: "a.t", args: [1], kwargs: [:], details: ["publisher": 3]),
                    to: [started.operation])
            ])
    }

    @Test("A pattern subscription is told the concrete topic")
    func patterns() throws {
        var machine = OpenSession.make()
        _ = try machine.subscribed("a.", id: 5, options: ["match": "prefix"])
        guard case .deliver(let event, _) = machine.receive(event(5, ["topic": "a.b"])).first else {
            Issue.record("no event")
            return
        }
        #expect(event.topic == "a.b")
        #expect(throws: Never.self) { try machine.subscribe("", options: ["match": "prefix"]) }
        #expect(throws: Never.self) { try machine.subscribe("a..c", options: ["match": "wildcard"]) }
        #expect(throws: WAMPError.self) { try machine.subscribe("a..c") }
        #expect(throws: WAMPError.self) { try machine.subscribe("a.b", options: ["match": "bogus"]) }
    }

    @Test("An event of a subscription that is not held is dropped")
    func unknown() {
        var machine = OpenSession.make()
        #expect(machine.receive(event(5)).isEmpty)
    }

    @Test("Consumers of one topic share one SUBSCRIBE on its way and one subscription; the last one ends it")
    func shared() throws {
        var machine = OpenSession.make()
        let first = try machine.subscribe("a.t")
        let second = try machine.subscribe("a.t", timeout: .seconds(1))
        #expect(second.actions == [.startTimer(second.operation, .seconds(1))])
        #expect(
            machine.receive(.subscribed(request: 1, subscription: 5)).completed == [first.operation, second.operation])
        let third = try machine.subscribe("a.t")
        #expect(third.actions == [.complete(third.operation, .success(.subscribed(subscription: 5)))])
        let all = [first, second, third].map(\.operation)
        #expect(consumers(machine.receive(event(5))) == all)
        #expect(try machine.unsubscribe(all[1]).actions.sent.isEmpty)
        #expect(try machine.unsubscribe(all[0]).actions.sent.isEmpty)
        #expect(consumers(machine.receive(event(5))) == [all[2]])
        let last = try machine.unsubscribe(all[2])
        #expect(last.actions == [.send(.unsubscribe(request: 2, subscription: 5))])
        #expect(machine.receive(event(5)).isEmpty)
        #expect(
            machine.receive(.unsubscribed(request: 2, details: [:]))
                == [.complete(last.operation, .success(.unsubscribed))])
        #expect(try machine.unsubscribe(all[2]).actions.sent.isEmpty)
    }

    @Test("Another match or other options are a SUBSCRIBE of their own; retained events are asked for each time")
    func notShared() throws {
        var machine = OpenSession.make()
        _ = try machine.subscribed("a.t", id: 5)
        #expect(try machine.subscribe("a.t", options: ["match": "prefix"]).actions.sent.count == 1)
        #expect(try machine.subscribe("a.t", options: ["nkey": "x"]).actions.sent.count == 1)
        #expect(try machine.subscribe("a.t", options: ["get_retained": true]).actions.sent.count == 1)
        #expect(try machine.subscribe("a.t", options: ["get_retained": true]).actions.sent.count == 1)
    }

    @Test("UNSUBSCRIBE waits while a SUBSCRIBE of the same topic is on its way: it would end that too")
    func unsubscribeRace() throws {
        var machine = OpenSession.make()
        let first = try machine.subscribed("a.t", id: 5)
        let second = try machine.subscribe("a.t", options: ["get_retained": true])
        #expect(try machine.unsubscribe(first).actions.sent.isEmpty)
        _ = machine.receive(.subscribed(request: 2, subscription: 5))
        #expect(consumers(machine.receive(event(5))) == [second.operation])
        #expect(try machine.unsubscribe(second.operation).actions.sent.count == 1)
    }

    @Test(
        "When that SUBSCRIBE fails or was given up, the subscription it kept is given back", arguments: [true, false])
    func unsubscribeRaceLost(_ fails: Bool) throws {
        var machine = OpenSession.make()
        let first = try machine.subscribed("a.t", id: 5)
        let second = try machine.subscribe("a.t", options: ["get_retained": true])
        _ = try machine.unsubscribe(first)
        if !fails { _ = machine.giveUp(second.operation) }
        let actions = machine.receive(
            fails
                ? .error(type: 32, request: 2, details: [:], uri: "wamp.error.not_authorized", payload: Payload())
                : .subscribed(request: 2, subscription: 5))
        #expect(actions.sent == [.unsubscribe(request: 3, subscription: 5)])
        #expect(machine.receive(.unsubscribed(request: 3, details: [:])).isEmpty)
    }

    @Test("Subscribing again right after the last UNSUBSCRIBE is a new SUBSCRIBE, and its events come")
    func again() throws {
        var machine = OpenSession.make()
        let first = try machine.subscribed("a.t", id: 5)
        _ = try machine.unsubscribe(first)
        let second = try machine.subscribe("a.t")
        #expect(second.actions.sent == [.subscribe(request: 3, options: [:], topic: "a.t")])
        _ = machine.receive(.unsubscribed(request: 2, details: [:]))
        _ = machine.receive(.subscribed(request: 3, subscription: 5))
        #expect(consumers(machine.receive(event(5))) == [second.operation])
    }

    @Test("A subscription that was given up is undone when it comes, unless others share it")
    func givenUp() throws {
        var machine = OpenSession.make()
        let started = try machine.subscribe("a.t")
        let other = try machine.subscribe("a.u")
        let sharing = try machine.subscribe("a.u")
        #expect(machine.giveUp(started.operation).failure(of: started.operation)?.code == .canceled)
        _ = machine.giveUp(other.operation)
        #expect(
            machine.receive(.subscribed(request: 1, subscription: 5))
                == [.send(.unsubscribe(request: 3, subscription: 5))])
        let actions = machine.receive(.subscribed(request: 2, subscription: 6))
        #expect(actions.completed == [sharing.operation])
        #expect(actions.sent.isEmpty)
    }

    @Test("A refused SUBSCRIBE fails for all who share it")
    func refused() throws {
        var machine = OpenSession.make()
        let both = [try machine.subscribe("a.t"), try machine.subscribe("a.t")].map(\.operation)
        let actions = machine.receive(
            .error(type: 32, request: 1, details: [:], uri: "wamp.error.not_authorized", payload: Payload(["no"])))
        #expect(actions.completed == both)
        #expect(both.allSatisfy { actions.failure(of: $0)?.uri == "wamp.error.not_authorized" })
    }

    @Test("A subscription that the broker takes away ends for all its consumers (7.9)")
    func revoked() throws {
        var machine = OpenSession.make()
        let first = try machine.subscribed("a.t", id: 5)
        let second = try machine.subscribe("a.t").operation
        let actions = machine.receive(
            .unsubscribed(request: 0, details: ["subscription": 5, "reason": "com.revoked"]))
        #expect(actions.count == 2)
        for (action, operation) in zip(actions, [first, second]) {
            guard case .subscriptionEnded(operation, let error) = action else {
                Issue.record("\(action)")
                continue
            }
            #expect(error.uri == "com.revoked")
        }
        #expect(machine.receive(event(5)).isEmpty)
        #expect(try machine.unsubscribe(first).actions.sent.isEmpty)
    }

    @Test("Taken away while UNSUBSCRIBE is on its way: the refusal counts as done")
    func revokedWhileUnsubscribing() throws {
        var machine = OpenSession.make()
        let operation = try machine.subscribed("a.t", id: 5)
        let started = try machine.unsubscribe(operation)
        let refusal = Message.error(
            type: 34, request: 2, details: [:], uri: "wamp.error.no_such_subscription", payload: Payload())
        #expect(machine.receive(refusal) == [.complete(started.operation, .success(.unsubscribed))])
    }

    @Test("Events keep their order across topics")
    func order() throws {
        var machine = OpenSession.make()
        _ = try machine.subscribed("a.t", id: 5)
        _ = try machine.subscribed("a.u", id: 6)
        let publications = (1...20 as ClosedRange<UInt64>).flatMap { number in
            machine.receive(event(5 + number % 2, publication: number)).map { action -> UInt64 in
                if case .deliver(let event, _) = action { event.publication } else { 0 }
            }
        }
        #expect(publications == Array(1...20))
    }
}

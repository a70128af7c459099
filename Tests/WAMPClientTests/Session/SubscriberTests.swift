import AsyncSupport
import Testing
import Values
import WAMP
import WAMPClient
import WAMPTestKit

@Suite("Publisher and subscriber", .timeLimit(.minutes(1)))
struct SubscriberTests {
    private static func event(_ peer: ScriptedRouter, _ number: Int64) async throws {
        try await peer.send(
            .event(
                subscription: 5, publication: UInt64(number) + 100, details: ["publisher": 3],
                payload: Payload([.int(number)], kwargs: ["k": .int(number)])))
    }

    @Test("Events come in order with their details, and the sequence ends with the subscription")
    func events() async throws {
        let events = try await withSession { session in
            let subscription = try await session.subscribe("com.example.topic")
            #expect(subscription.id == 5)
            var events: [Event] = []
            for await event in subscription {
                events.append(event)
                if events.count == 10 { try await session.unsubscribe(subscription) }
            }
            return events
        } router: { peer in
            #expect(try await peer.subscribed(5) == "com.example.topic")
            for number in Int64(0)..<10 { try await Self.event(peer, number) }
            let request = try await peer.expect("UNSUBSCRIBE") {
                if case .unsubscribe(let request, 5) = $0 { request } else { nil }
            }
            try await peer.send(.unsubscribed(request: request, details: [:]))
        }
        #expect(events.map(\.args) == (Int64(0)..<10).map { [.int($0)] })
        #expect(events.map(\.publication) == (100..<110).map { $0 })
        #expect(events.first?.topic == "com.example.topic")
        #expect(events.first?.kwargs == ["k": 0])
        #expect(events.first?.details == ["publisher": 3])
    }

    @Test(
        "A slow consumer loses what its policy says, and the loss is counted",
        arguments: [(BoundedChannel<Event>.Overflow.dropOldest, [7, 8, 9] as [Int64]), (.dropNewest, [0, 1, 2])])
    func overflow(policy: BoundedChannel<Event>.Overflow, kept: [Int64]) async throws {
        try await withSession { session in
            let subscription = try await session.subscribe("com.example.topic", buffer: 3, overflow: policy)
            _ = try await session.call("com.example.sync")
            #expect(subscription.dropped == 7)
            try await session.unsubscribe(subscription)
            var numbers: [Value] = []
            for await event in subscription { numbers += event.args }
            #expect(numbers == kept.map(Value.int))
        } router: { peer in
            try await peer.subscribed(5)
            let call = try await peer.call()
            for number in Int64(0)..<10 { try await Self.event(peer, number) }
            try await peer.send(.result(request: call.request, details: [:], payload: Payload()))
            let request = try await peer.expect("UNSUBSCRIBE") {
                if case .unsubscribe(let request, 5) = $0 { request } else { nil }
            }
            try await peer.send(.unsubscribed(request: request, details: [:]))
        }
    }

    @Test("The sequence ends when the session does, after the events that came before")
    func endOfSession() async throws {
        let count = try await withScriptedRouter { url in
            try await WAMPClient.withSession(configuration(url), logger: quiet) { session in
                let subscription = try await session.subscribe("com.example.topic")
                var count = 0
                for await _ in subscription { count += 1 }
                return count
            }
        } router: { peer, _ in
            try await peer.welcome()
            try await peer.subscribed(5)
            for number in Int64(0)..<3 { try await Self.event(peer, number) }
            await peer.webSocket.raw.close()
        }
        #expect(count == 3)
    }

    @Test("A publication is sent as it is, with and without acknowledgement")
    func publish() async throws {
        let publication = try await withSession { session in
            try await session.publish("com.example.a", [1], kwargs: ["k": 2], options: .init(excludeMe: false))
            return try await session.publishAcknowledged("com.example.b", [3])
        } router: { peer in
            var publications: [Message] = []
            for _ in 0..<2 { publications.append(try await peer.receive()) }
            #expect(
                publications == [
                    .publish(
                        request: 1, options: ["exclude_me": false], topic: "com.example.a",
                        payload: Payload([1], kwargs: ["k": 2])),
                    .publish(request: 2, options: ["acknowledge": true], topic: "com.example.b", payload: Payload([3])),
                ])
            try await peer.send(.published(request: 2, publication: 555))
        }
        #expect(publication == 555)
    }
}

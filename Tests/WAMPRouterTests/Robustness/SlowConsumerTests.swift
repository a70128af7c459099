import AsyncSupport
import AsyncTestKit
import NIOCore
import Synchronization
import Testing
import Values
import WAMP
import WAMPClient
import WAMPRouter
import WAMPTestKit

@Suite("Sessions that do not read", .timeLimit(.minutes(1)))
struct SlowConsumerTests {
    private static let block = String(repeating: "x", count: 100_000)

    /// A joined peer whose socket is not read.
    private func deaf(_ router: TestRouter, subscribedTo topic: String) async throws -> RawWAMP {
        let peer = try await router.raw()
        _ = try await peer.ask(#"[32,1,{},"\#(topic)"]"#)
        try await peer.socket.raw.channel.setOption(.autoRead, value: false).get()
        return peer
    }

    @Test("A slow subscriber loses EVENTs, which are counted; the others get all, and it gets its answers")
    func slowSubscriber() async throws {
        try await withRouter(configure: { $0.outbound = OutboundLimit(bytes: 500_000, grace: .seconds(60)) }) {
            router in
            let published = Mutex(0)
            let slow = try await deaf(router, subscribedTo: "test.load")
            try await router.session { quick in
                let events = try await quick.subscribe("test.load", buffer: 2000, overflow: .fail)
                try await router.session { publisher in
                    // As many as the operating system and the queue take, and some more.
                    var left = 20
                    while left > 0 {
                        if await router.router.statistics().droppedEvents > 0 { left -= 1 }
                        let number = Int64(published.withLock { $0 })
                        _ = try await publisher.publishAcknowledged(
                            "test.load", [.int(number), .string(Self.block)])
                        published.withLock { $0 += 1 }
                    }
                }
                let iterator = events.makeAsyncIterator()
                for index in 0..<published.withLock({ $0 }) {
                    guard await iterator.next()?.args.first == .int(Int64(index)) else {
                        throw ScriptError("lost an event")
                    }
                }
            }
            let total = UInt64(published.withLock { $0 })
            let dropped = await router.router.statistics().droppedEvents
            #expect(dropped > 0 && dropped < total)
            // It reads again: an answer that comes after the drops arrives, behind a prefix of the events.
            try await slow.send(#"[48,2,{},"wamp.session.count"]"#)
            try await slow.socket.raw.channel.setOption(.autoRead, value: true).get()
            var received: [Value] = []
            let count = try await slow.wait { message -> Value? in
                if case .event(_, _, _, let payload) = message { received.append(payload.args.first ?? nil) }
                if case .result(_, _, let payload) = message { return payload.args.first }
                return nil
            }
            #expect(count == 1)
            #expect(UInt64(received.count) == total - dropped)
            #expect(received == (0..<received.count).map { .int(Int64($0)) })
            await slow.close()
        }
    }

    @Test("A session that stays over the limit for longer than the grace is ended")
    func grace() async throws {
        let time = ManualTime()
        try await withRouter(
            time: time,
            configure: {
                $0.outbound = OutboundLimit(bytes: 100_000, grace: .seconds(10))
                $0.goodbyeGrace = .milliseconds(40)
            }
        ) { router in
            let slow = try await deaf(router, subscribedTo: "test.load")
            try await router.session { publisher in
                while await router.router.statistics().droppedEvents == 0 {
                    _ = try await publisher.publishAcknowledged("test.load", [.string(Self.block)])
                }
                #expect(try await publisher.call("wamp.session.count").args == [2])
                time.advance(by: .seconds(11))
                try await eventually { try await publisher.call("wamp.session.count").args == [1] }
            }
            #expect(await router.router.statistics().endedSlow == 1)
            await slow.close()
        }
    }

    @Test("Answers are never dropped: a caller that does not read them is ended")
    func answersOverflow() async throws {
        try await withRouter(configure: { $0.outbound = OutboundLimit(bytes: 100_000, grace: .seconds(60)) }) {
            router in
            try await router.session { callee in
                let answered = Mutex(0)
                _ = try await callee.register("test.large") { _ in
                    answered.withLock { $0 += 1 }
                    return Reply([.string(Self.block)])
                }
                let caller = try await router.raw()
                try await caller.socket.raw.channel.setOption(.autoRead, value: false).get()
                var request = 0
                while await router.router.statistics().endedSlow == 0 {
                    request += 1
                    // The connection may end between the look and the call.
                    try? await caller.send(#"[48,\#(request),{},"test.large"]"#)
                    // One at a time: a pile of answers would be a measure of the machine.
                    let sent = request
                    try await eventually {
                        if answered.withLock({ $0 }) >= sent { return true }
                        return await router.router.statistics().endedSlow > 0
                    }
                }
                #expect(try await callee.call("wamp.session.count").args == [1])
                #expect(await router.router.statistics().droppedEvents == 0)
                await caller.close()
            }
        }
    }

    @Test("A peer that sends pings and reads nothing does not fill the memory with pongs")
    func pings() async throws {
        try await withRouter { router in
            let peer = try await router.raw()
            try await peer.socket.raw.channel.setOption(.autoRead, value: false).get()
            for _ in 0..<2000 { try await peer.socket.send(0x9, [UInt8](repeating: 7, count: 125)) }
            #expect(try await router.sessionCount() == 1)
            await peer.close()
        }
    }
}

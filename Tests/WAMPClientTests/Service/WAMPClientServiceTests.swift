import AsyncSupport
import AsyncTestKit
import Synchronization
import Testing
import Values
import WAMP
import WAMPClient
import WAMPTestKit

@Suite("The client service", .timeLimit(.minutes(1)))
struct WAMPClientServiceTests {
    /// Runs a service beside the body, and ends it afterwards.
    private func withService<R: Sendable>(
        _ url: String, time: ManualTime, declare: (WAMPClientService) async -> Void = { _ in },
        body: (WAMPClientService) async throws -> R
    ) async throws -> R {
        let service = WAMPClientService(
            configuration: configuration(url), schedule: ReconnectSchedule(random: { 0.5 }), time: time, logger: quiet)
        await declare(service)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await service.run() }
            defer { group.cancelAll() }
            return try await body(service)
        }
    }

    @Test("Durable registrations and subscriptions are in place before joined is said, on every connect")
    func durable() async throws {
        let connections = Mutex(0)
        let events = BoundedChannel<Event>(capacity: 10, overflow: .fail)
        let time = ManualTime()
        try await withScriptedRouter { url in
            try await withService(url, time: time) { service in
                await service.register("com.example.serve", options: ["invoke": "roundrobin"]) { Reply($0.args) }
                await service.subscribe("com.example.topic") { events.send($0) }
            } body: { service in
                let states = service.states.makeAsyncIterator()
                #expect(await states.next() == .joined(session: 1))
                #expect(connections.withLock { $0 } == 1)
                #expect(await events.next()?.args == [7])
                guard case .waiting(let error, let pause)? = await states.next() else {
                    throw ScriptError("no second state")
                }
                #expect(error.code == .sessionLost)
                #expect(pause == .milliseconds(250))
                await time.waitForSleepers(count: 1)
                time.advance(by: pause)
                #expect(await states.next() == .joined(session: 2))
                #expect(connections.withLock { $0 } == 2)
                #expect(try await service.withSession { try await $0.call("com.example.sync").args } == ["ok"])
            }
        } router: { peer, number in
            try await peer.welcome(session: UInt64(number) + 1)
            #expect(try await peer.registered(9) == "com.example.serve")
            let request = try await peer.expect("SUBSCRIBE") {
                if case .subscribe(let request, _, "com.example.topic") = $0 { request } else { nil }
            }
            connections.withLock { $0 += 1 }
            try await peer.send(.subscribed(request: request, subscription: 5))
            if number == 0 {
                try await peer.send(.invocation(request: 1, registration: 9, details: [:], payload: Payload(["echo"])))
                #expect(try await peer.yielded().payload.args == ["echo"])
                try await peer.send(.event(subscription: 5, publication: 1, details: [:], payload: Payload([7])))
                try await peer.send(.goodbye(details: [:], reason: CloseURI.systemShutdown))
                await peer.webSocket.raw.waitForEnd()
            } else {
                let call = try await peer.call()
                try await peer.send(.result(request: call.request, details: [:], payload: Payload(["ok"])))
                try await peer.goodbye()
            }
        }
    }

    @Test("A refused authentication waits longer each time")
    func refused() async throws {
        let time = ManualTime()
        try await withScriptedRouter { url in
            try await withService(url, time: time) { service in
                let states = service.states.makeAsyncIterator()
                for seconds in [1, 2, 4] {
                    guard case .waiting(let error, let pause)? = await states.next() else {
                        throw ScriptError("no state")
                    }
                    #expect(error.uri == ErrorURI.notAuthorized)
                    #expect(pause == .seconds(seconds))
                    await time.waitForSleepers(count: 1)
                    time.advance(by: pause)
                }
            }
        } router: { peer, _ in
            _ = try await peer.receive()
            try await peer.send(.abort(details: [:], reason: ErrorURI.notAuthorized, payload: Payload()))
            await peer.webSocket.raw.waitForEnd()
        }
    }

    @Test(
        "Who waits for a session gets it when it is there, and is let go when the task is cancelled or the service ends"
    )
    func waiting() async throws {
        let time = ManualTime()
        try await withScriptedRouter { url in
            try await withService(url, time: time) { service in
                let id = try await service.withSession { $0.id }
                #expect(id == 4711)
            }
            let ended = WAMPClientService(configuration: configuration("ws://127.0.0.1:1/"), time: time, logger: quiet)
            let cancelled = await withTaskGroup(of: WAMPError.Code?.self) { group in
                group.addTask {
                    do { try await ended.withSession { _ in } } catch { return (error as? WAMPError)?.code }
                    return nil
                }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(cancelled == .canceled)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await ended.run() }
                group.cancelAll()
            }
            let error = await #expect(throws: WAMPError.self) { try await ended.withSession { _ in } }
            #expect(error?.code == .notConnected)
        } router: { peer, _ in
            try await peer.welcome()
            try await peer.goodbye()
        }
    }
}

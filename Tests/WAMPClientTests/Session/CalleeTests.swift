import AsyncSupport
import NIOCore
import Synchronization
import Testing
import Values
import WAMP
import WAMPClient
import WAMPTestKit

private struct Refusal: Error, CustomStringConvertible {
    let description: String
}

@Suite("The callee", .timeLimit(.minutes(1)))
struct CalleeTests {
    /// Registers the handler as registration 9, then runs the router's script; the client waits for the end.
    private func serve(
        dealer: [String] = [], configure: @escaping @Sendable (inout WAMPClientConfiguration) -> Void = { _ in },
        _ handler: @escaping @Sendable (Invocation) async throws -> Reply,
        router: @escaping @Sendable (ScriptedRouter) async throws -> Void
    ) async throws {
        let done = Gate()
        try await withSession(dealer: dealer, configure: configure) { session in
            let registration = try await session.register(
                "com.example.serve", options: ["force_reregister": true], handler)
            #expect(registration.id == 9)
            try await done.wait()
        } router: { peer in
            #expect(try await peer.registered(9) == "com.example.serve")
            try await router(peer)
            await done.open()
        }
    }

    private static func invoke(
        _ peer: ScriptedRouter, _ request: UInt64, _ payload: Payload = Payload(), details: Object = [:]
    ) async throws {
        try await peer.send(.invocation(request: request, registration: 9, details: details, payload: payload))
    }

    @Test("The handler gets the call with its caller, and its reply is yielded")
    func reply() async throws {
        try await serve { invocation in
            #expect(invocation.procedure == "com.example.serve")
            #expect(invocation.kwargs == ["k": 1])
            #expect(invocation.caller == 77)
            #expect(invocation.callerAuthID == "system")
            #expect(invocation.callerAuthRole == "backend")
            #expect(invocation.progress == nil)
            return Reply(invocation.args.reversed(), kwargs: ["ok": true])
        } router: { peer in
            try await Self.invoke(
                peer, 1, Payload([1, 2], kwargs: ["k": 1]),
                details: ["caller": 77, "caller_authid": "system", "caller_authrole": "backend"])
            let answer = try await peer.yielded()
            #expect(answer.request == 1)
            #expect(answer.payload == Payload([2, 1], kwargs: ["ok": true]))
        }
    }

    @Test("An INVOCATION right behind REGISTERED finds its handler (wamp-protocol.md 8.1)")
    func inTheSameRead() async throws {
        let done = Gate()
        try await withSession { session in
            _ = try await session.register("com.example.serve") { _ in Reply() }
            try await done.wait()
        } router: { peer in
            let request = try await peer.expect("REGISTER") {
                if case .register(let request, _, _) = $0 { request } else { nil }
            }
            let both = ["[65,\(request),9]", "[68,1,9,{}]"].map { WebSocketPeer.bytes(1, Array($0.utf8)) }
            var bytes = both[0]
            bytes.writeImmutableBuffer(both[1])
            try await peer.webSocket.raw.write(bytes)
            _ = try await peer.yielded()
            await done.open()
        }
    }

    @Test("A WAMPError reaches the caller unchanged, any other error as runtime_error with its text")
    func errors() async throws {
        try await serve { invocation in
            switch invocation.args.first?.string {
            case "wamp": throw WAMPError(uri: "com.example.no", args: ["a", 1], kwargs: ["k": 2])
            case "cancel": throw CancellationError()
            default: throw Refusal(description: "the disk is full")
            }
        } router: { peer in
            try await Self.invoke(peer, 1, Payload(["wamp"]))
            var error = try await peer.error()
            #expect(error.request == 1)
            #expect(error.uri == "com.example.no")
            #expect(error.payload == Payload(["a", 1], kwargs: ["k": 2]))
            try await Self.invoke(peer, 2, Payload(["other"]))
            error = try await peer.error()
            #expect(error.uri == ErrorURI.runtimeError)
            #expect(error.payload.args == ["the disk is full"])
            try await Self.invoke(peer, 3, Payload(["cancel"]))
            #expect(try await peer.error().uri == ErrorURI.canceled)
        }
    }

    @Test("A reply that cannot be encoded is an error for its caller, not silence")
    func notEncodable() async throws {
        try await serve { _ in
            Reply([.double(.nan)])
        } router: { peer in
            try await Self.invoke(peer, 1)
            let error = try await peer.error()
            #expect(error.request == 1)
            #expect(error.uri == ErrorURI.runtimeError)
        }
    }

    @Test("Intermediate results are sent only to a caller that wants them")
    func progress() async throws {
        try await serve { invocation in
            for number in Int64(1)...3 { await invocation.progress?([.int(number)], [:]) }
            return Reply(["done"])
        } router: { peer in
            try await Self.invoke(peer, 1, details: ["receive_progress": true])
            for number in Int64(1)...3 {
                let part = try await peer.yielded()
                #expect(part.options == ["progress": true])
                #expect(part.payload.args == [.int(number)])
            }
            #expect(try await peer.yielded().options == [:])
            try await Self.invoke(peer, 2, details: ["receive_progress": false])
            let only = try await peer.yielded()
            #expect(only.request == 2)
            #expect(only.payload.args == ["done"])
        }
    }

    @Test(
        "INTERRUPT cancels the handler's task; with mode kill the caller gets canceled",
        arguments: ["kill", "killnowait"])
    func interrupt(mode: String) async throws {
        let cancelled = Gate()
        let started = Gate()
        try await serve { invocation in
            guard invocation.args.isEmpty else { return Reply(["after"]) }
            await started.open()
            do {
                try await Gate().wait()
            } catch {
                await cancelled.open()
                throw error
            }
            return Reply()
        } router: { peer in
            try await Self.invoke(peer, 1)
            try await started.wait()
            try await peer.send(.interrupt(request: 1, options: ["mode": .string(mode)]))
            try await cancelled.wait()
            if mode == "kill" { #expect(try await peer.error().uri == ErrorURI.canceled) }
            try await Self.invoke(peer, 2, Payload([1]))
            let next = try await peer.yielded()
            #expect(next.request == 2)
        }
    }

    @Test("The time-out of an INVOCATION bounds its handler (wamp-protocol.md 8.6)")
    func timeout() async throws {
        let cancelled = Gate()
        try await serve(dealer: ["call_timeout"]) { _ in
            do {
                try await Gate().wait()
            } catch {
                await cancelled.open()
                throw error
            }
            return Reply()
        } router: { peer in
            try await Self.invoke(peer, 1, details: ["timeout": 20])
            let error = try await peer.error()
            #expect(error.request == 1)
            #expect(error.uri == ErrorURI.timeout)
            try await cancelled.wait()
        }
    }

    @Test("Handlers start in the order of the calls, run side by side up to the limit, and the oldest waits")
    func concurrency() async throws {
        let order = Mutex<[Int64]>([])
        let running = Mutex((now: 0, most: 0))
        let gates = (0..<12).map { _ in Gate() }
        try await serve(configure: { $0.maxConcurrentInvocations = 4 }) { invocation in
            let number = if case .int(let number)? = invocation.args.first { number } else { Int64(-1) }
            order.withLock { $0.append(number) }
            running.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            try await gates[Int(number)].wait()
            running.withLock { $0.now -= 1 }
            return Reply([.int(number)])
        } router: { peer in
            for number in UInt64(0)..<12 { try await Self.invoke(peer, number + 1, Payload([.integer(number)])) }
            // The last of the first four may end first: it frees the place for the fifth.
            for number in [3, 2, 1, 0, 4, 5, 6, 7, 8, 9, 10, 11] {
                await gates[number].open()
                #expect(try await peer.yielded().payload.args == [.int(Int64(number))])
            }
        }
        #expect(order.withLock { $0 } == Array(0..<12))
        #expect(running.withLock { $0.most } <= 4)
    }

    @Test("Calls beyond the waiting ones are answered unavailable instead of filling the memory")
    func overload() async throws {
        let release = Gate()
        try await serve(configure: {
            $0.maxConcurrentInvocations = 1
            $0.maxWaitingInvocations = 1
        }) { _ in
            try await release.wait()
            return Reply()
        } router: { peer in
            for request in UInt64(1)...10 { try await Self.invoke(peer, request) }
            // One runs, one may be in the dispatcher's hand, one waits.
            var refused: Set<UInt64> = []
            var served: Set<UInt64> = []
            while refused.count + served.count < 10 {
                if refused.count == 7 { await release.open() }
                switch try await peer.receive() {
                case .error(_, let request, _, ErrorURI.unavailable, _): refused.insert(request)
                case .yield(let request, _, _): served.insert(request)
                case let other: throw ScriptError("Unexpected: \(other)")
                }
            }
            #expect(served.contains(1))
            #expect((2...3).contains(served.count))
        }
    }

    @Test("A handler may call back into its own session (nexus issue 219)")
    func callBack() async throws {
        let done = Gate()
        try await withSession { session in
            _ = try await session.register("com.example.serve") { _ in
                Reply(try await session.call("com.example.other").args)
            }
            try await done.wait()
        } router: { peer in
            try await peer.registered(9)
            try await Self.invoke(peer, 1)
            let call = try await peer.call()
            try await peer.send(.result(request: call.request, details: [:], payload: Payload(["inner"])))
            #expect(try await peer.yielded().payload.args == ["inner"])
            await done.open()
        }
    }

    @Test("When the session ends, running handlers are cancelled and awaited")
    func endCancelsHandlers() async throws {
        let ended = Mutex(false)
        let started = Gate()
        try await withScriptedRouter { url in
            try await WAMPClient.withSession(configuration(url), logger: quiet) { session in
                _ = try await session.register("com.example.serve") { _ in
                    await started.open()
                    defer { ended.withLock { $0 = true } }
                    try await Gate().wait()
                    return Reply()
                }
                #expect(await session.closed().kind == .lost)
            }
            #expect(ended.withLock { $0 })
        } router: { peer, _ in
            try await peer.welcome()
            try await peer.registered(9)
            try await Self.invoke(peer, 1)
            try await started.wait()
            try await peer.webSocket.raw.reset()
        }
    }

    @Test("After unregister a call is refused, and the handler does not run")
    func unregister() async throws {
        try await withSession { session in
            let registration = try await session.register("com.example.serve") { _ in
                Issue.record("the handler ran")
                return Reply()
            }
            try await session.unregister(registration)
            _ = try await session.call("com.example.sync")
        } router: { peer in
            try await peer.registered(9)
            let request = try await peer.expect("UNREGISTER") {
                if case .unregister(let request, 9) = $0 { request } else { nil }
            }
            try await peer.send(.unregistered(request: request, details: [:]))
            let call = try await peer.call()
            try await peer.send(.result(request: call.request, details: [:], payload: Payload()))
        }
    }

    @Test("A registration that the router takes away is told by its procedure; one that we gave back is not (8.10)")
    func lostRegistrations() async throws {
        try await withSession { session in
            let given = try await session.register("com.example.given") { _ in Reply() }
            _ = try await session.register("com.example.taken") { _ in Reply() }
            try await session.unregister(given)
            let lost = await session.lostRegistrations.next()
            #expect(lost?.procedure == "com.example.taken")
            #expect(lost?.error.uri == ErrorURI.unregistered)
            #expect(session.lostRegistrations.count == 0)
            await session.leave()
            #expect(await session.lostRegistrations.next() == nil, "it ends with the session")
        } router: { peer in
            try await peer.registered(9)
            try await peer.registered(10)
            let request = try await peer.expect("UNREGISTER") {
                if case .unregister(let request, 9) = $0 { request } else { nil }
            }
            try await peer.send(.unregistered(request: request, details: [:]))
            try await peer.send(.unregistered(request: 0, details: ["registration": 9]))
            try await peer.send(.unregistered(request: 0, details: ["registration": 10]))
        }
    }
}

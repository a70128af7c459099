import AsyncSupport
import Testing
import Values
import WAMP
import WAMPClient
import WAMPTestKit

@Suite("The end of a session", .timeLimit(.minutes(1)))
struct SessionEndTests {
    private func end(
        _ configure: @escaping @Sendable (inout WAMPClientConfiguration) -> Void = { _ in },
        router: @escaping @Sendable (ScriptedRouter) async throws -> Void
    ) async throws -> SessionEnd {
        try await withScriptedRouter { url in
            var configuration = configuration(url)
            configure(&configuration)
            return try await WAMPClient.withSession(configuration, logger: quiet) { session in
                async let second = session.closed()
                let first = await session.closed()
                #expect(await second == first)
                let late = await failure { () throws(WAMPError) in try await session.call("com.example.late") }
                #expect(late?.code == .notConnected || late?.code == .sessionLost)
                return first
            }
        } router: { peer, _ in
            try await peer.welcome()
            try await router(peer)
            await peer.webSocket.raw.waitForEnd()
        }
    }

    @Test("The router's GOODBYE is answered and ends the session with its reason")
    func goodbye() async throws {
        let end = try await end { peer in
            try await peer.send(.goodbye(details: ["message": "bye"], reason: CloseURI.systemShutdown))
            try await peer.expect("GOODBYE") { if case .goodbye = $0 { () } else { nil } }
        }
        #expect(end.kind == .closedByRouter)
        #expect(end.reason == CloseURI.systemShutdown)
    }

    @Test("ABORT ends the session")
    func abort() async throws {
        let end = try await end { peer in
            try await peer.send(.abort(details: [:], reason: ErrorURI.protocolViolation, payload: Payload()))
        }
        #expect(end.kind == .aborted)
    }

    @Test(
        "A reset, an end in the middle of a frame and a close frame lose the session",
        arguments: ["reset", "mid-frame", "close"])
    func lost(how: String) async throws {
        let end = try await end { peer in
            switch how {
            case "reset": try await peer.webSocket.raw.reset()
            case "mid-frame":
                try await peer.webSocket.raw.write("\u{1}")
                await peer.webSocket.raw.close()
            default: try await peer.webSocket.sendClose(1001, "going away")
            }
        }
        #expect(end.kind == .lost)
        #expect(end.wasOpen)
        #expect(!end.message.isEmpty)
    }

    @Test("A peer that answers no ping is noticed, on a busy machine already while joining")
    func noPong() async throws {
        let message: String
        do {
            message = try await end {
                $0.pingInterval = .milliseconds(50)
            } router: { _ in
            }.message
        } catch let error as WAMPError {
            message = error.message
        }
        // So busy that the limit of the joining came first: noticed all the same.
        #expect(message.contains("ping") || message.contains("in time"), "\(message)")
    }

    @Test("Garbage is answered with ABORT and close code 1002")
    func garbage() async throws {
        let end = try await end { peer in
            try await peer.webSocket.send(text: "[]")
            try await peer.expect("ABORT") { if case .abort = $0 { () } else { nil } }
            #expect(try await peer.webSocket.receiveClose() == 1002)
        }
        #expect(end.kind == .violated)
    }

    @Test("Leaving does not wait for a router that does not answer GOODBYE")
    func boundedLeave() async throws {
        try await withScriptedRouter { url in
            var configuration = configuration(url)
            configuration.responseTimeout = .milliseconds(30)
            try await WAMPClient.withSession(configuration, logger: quiet) { _ in }
        } router: { peer, _ in
            try await peer.welcome()
            try await peer.expect("GOODBYE") { if case .goodbye = $0 { () } else { nil } }
            await peer.webSocket.raw.waitForEnd()
        }
    }

    @Test("A body that throws still says GOODBYE, and its error is thrown")
    func goodbyeAfterFailure() async throws {
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await withSession { _ in
                throw Failure()
            } router: { _ in
            }
        }
    }

    @Test("A cancelled body stops waiting for the end, and GOODBYE is still said")
    func goodbyeAfterCancellation() async throws {
        let waiting = Gate()
        await #expect(throws: CancellationError.self) {
            try await withSession { session in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await waiting.open()
                        let end = await session.closed()
                        #expect(end.reason == ErrorURI.canceled)
                        throw CancellationError()
                    }
                    try await waiting.wait()
                    group.cancelAll()
                    try await group.next()
                }
            } router: { _ in
            }
        }
    }

    @Test("Cancelling the whole session says GOODBYE and answers it")
    func cancelledSession() async throws {
        let waiting = Gate()
        let said = Gate()
        try await withScriptedRouter { url in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await WAMPClient.withSession(configuration(url), logger: quiet) { session in
                        await waiting.open()
                        _ = await session.closed()
                    }
                }
                try await waiting.wait()
                group.cancelAll()
                try await group.next()
            }
        } router: { peer, _ in
            try await peer.welcome()
            try await peer.goodbye()
            await said.open()
        }
        #expect(said.isOpen)
    }
}

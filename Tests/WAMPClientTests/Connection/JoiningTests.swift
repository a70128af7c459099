import Synchronization
import Testing
import Values
import WAMP
import WAMPClient
import WAMPTestKit

@Suite("Joining a realm", .timeLimit(.minutes(1)))
struct JoiningTests {
    private func join(
        _ configure: @escaping @Sendable (inout WAMPClientConfiguration) -> Void = { _ in },
        router: @escaping @Sendable (ScriptedRouter) async throws -> Void
    ) async throws -> WAMPError? {
        try await withScriptedRouter { url in
            var configuration = configuration(url)
            configure(&configuration)
            do {
                try await WAMPClient.withSession(configuration, logger: quiet) { _ in }
                return nil
            } catch let error as WAMPError {
                return error
            }
        } router: { peer, _ in
            try await router(peer)
            await peer.webSocket.raw.waitForEnd()
        }
    }

    @Test("WELCOME gives the session its number and its details")
    func welcome() async throws {
        try await withSession { session in
            #expect(session.id == 4711)
            #expect(session.welcome["realm"] == "realm1")
        } router: { _ in
        }
    }

    @Test("A WAMP-CRA challenge is answered with its signature")
    func challenge() async throws {
        let error = try await join {
            $0.authentication = .wampcra(authID: "2-3", secret: "secret-1")
        } router: { peer in
            let details = try await peer.expect("HELLO") {
                if case .hello("realm1", let details) = $0 { details } else { nil }
            }
            #expect(details["authid"] == "2-3")
            #expect(details["authmethods"] == ["wampcra"])
            try await peer.send(.challenge(method: "wampcra", extra: ["challenge": "{}"]))
            let signature = try await peer.expect("AUTHENTICATE") {
                if case .authenticate(let signature, _) = $0 { signature } else { nil }
            }
            // HMAC-SHA256 of "{}" with that secret.
            #expect(signature.count == 44)
            try await peer.send(.welcome(session: 1, details: ["roles": ["broker": [:], "dealer": [:]]]))
            try await peer.goodbye()
        }
        #expect(error == nil)
    }

    @Test("ABORT is an error with its reason and its text")
    func abort() async throws {
        let error = try await join { _ in
        } router: { peer in
            _ = try await peer.receive()
            try await peer.send(
                .abort(details: ["message": "who are you"], reason: ErrorURI.notAuthorized, payload: Payload()))
        }
        #expect(error?.code == .aborted)
        #expect(error?.uri == ErrorURI.notAuthorized)
        #expect(error?.message.contains("who are you") == true)
    }

    @Test("A router that is silent after HELLO is inside the connect time-out")
    func silent() async throws {
        let error = try await join {
            $0.connectTimeout = .milliseconds(50)
        } router: { peer in
            _ = try? await peer.receive()
        }
        #expect(error?.code == .timeout)
    }

    @Test(
        "Garbage, a binary frame and a reply before WELCOME are violations",
        arguments: [(1, "{\"not\": \"a list\"}"), (1, "[2"), (2, "[2,1,{}]"), (1, "[50,1,{}]")] as [(UInt8, String)])
    func violation(opcode: UInt8, text: String) async throws {
        let error = try await join { _ in
        } router: { peer in
            _ = try await peer.receive()
            try await peer.webSocket.send(opcode, Array(text.utf8))
        }
        #expect(error?.code == .protocolViolation)
    }

    @Test("A reset instead of WELCOME is a failed connection")
    func reset() async throws {
        let error = try await join { _ in
        } router: { peer in
            _ = try await peer.receive()
            try await peer.webSocket.raw.reset()
        }
        #expect(error?.code == .connectionFailed)
    }

    @Test("A cancelled task stops joining at once")
    func cancelled() async throws {
        let error = try await withScriptedRouter { url in
            await withTaskGroup(of: WAMPError?.self) { group in
                group.addTask {
                    do {
                        try await WAMPClient.withSession(configuration(url), logger: quiet) { _ in }
                    } catch let error as WAMPError {
                        return error
                    } catch {
                    }
                    return nil
                }
                group.cancelAll()
                return await group.next() ?? nil
            }
        } router: { peer, _ in
            await peer.webSocket.raw.waitForEnd()
        }
        #expect(error?.code == .canceled)
    }

    @Test("A URL that is none, and a port where nobody listens, say so")
    func noConnection() async throws {
        for (url, code) in [("http://x", WAMPError.Code.invalidArgument), ("ws://127.0.0.1:1/", .connectionFailed)] {
            let error = await #expect(throws: WAMPError.self) {
                try await WAMPClient.withSession(configuration(url), logger: quiet) { _ in }
            }
            #expect(error?.code == code)
        }
    }

    @Test("The debugging observer sees every message without secrets, cut at 1 KiB")
    func tap() async throws {
        let seen = Mutex<[String]>([])
        _ = try await join {
            $0.authentication = .ticket(authID: "me", ticket: "hidden-ticket")
            $0.onMessage = { direction, text in seen.withLock { $0.append("\(direction) \(text)") } }
        } router: { peer in
            _ = try await peer.receive()
            try await peer.send(.challenge(method: "ticket", extra: ["challenge": "hidden-challenge"]))
            _ = try await peer.receive()
            let long = String(repeating: "x", count: 2000)
            try await peer.send(
                .welcome(session: 1, details: ["roles": ["broker": [:], "dealer": [:]], "long": .string(long)]))
            try await peer.goodbye()
        }
        let texts = seen.withLock { $0 }
        #expect(
            texts.map { $0.prefix(while: { $0 != "," }) } == [
                "sent [1", "received [4", "sent [5", "received [2", "sent [6", "received [6",
            ])
        #expect(!texts.contains { $0.contains("hidden") })
        #expect(texts.allSatisfy { $0.utf8.count < 1100 })
        #expect(texts[3].hasSuffix("bytes)"))
    }
}

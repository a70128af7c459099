import AsyncSupport
import AsyncTestKit
import Testing
import Values
import WAMP
import WAMPClient
import WAMPRouter
import WAMPTestKit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Joining a router", .timeLimit(.minutes(1)))
struct JoiningTests {
    @Test(
        "A session is who its proof says",
        arguments: [
            (Authentication.anonymous, "anybody", "anonymous", "anonymous"),
            (.ticket(authID: "tom", ticket: "hush"), "tom", "operator", "ticket"),
            (.wampcra(authID: "dev", secret: "s3cret"), "dev", "device", "wampcra"),
        ])
    func methods(authentication: Authentication, authID: String, role: String, method: String) async throws {
        try await withRouter { router in
            try await router.session(authentication) { session in
                #expect(session.welcome["authid"] == .string(authID))
                #expect(session.welcome["authrole"] == .string(role))
                #expect(session.welcome["authmethod"] == .string(method))
                #expect(session.welcome["realm"] == "realm1")
                let details = try await session.call("wamp.session.get", [.integer(session.id)])
                #expect(details.args.first?["authid"] == .string(authID))
                #expect(await router.router.statistics().sessions == 1)
            }
        }
    }

    @Test(
        "Who cannot prove it, or is unknown, gets the same refusal",
        arguments: [
            Authentication.ticket(authID: "tom", ticket: "wrong"), .wampcra(authID: "dev", secret: "wrong"),
            .wampcra(authID: "nobody", secret: "x"), .ticket(authID: "nobody", ticket: "x"),
        ])
    func refused(authentication: Authentication) async throws {
        try await withRouter { router in
            let error = await #expect(throws: WAMPError.self) { try await router.session(authentication) { _ in } }
            #expect(error?.code == .aborted)
            #expect(error?.uri.hasPrefix("wamp.error.") == true)
            try await eventually { await router.router.statistics().refusedJoins == 1 }
            #expect(await router.router.statistics().sessions == 0)
        }
    }

    @Test("The authenticator's refusal is told as it is")
    func banned() async throws {
        try await withRouter { router in
            let error = await #expect(throws: WAMPError.self) {
                try await router.session(.ticket(authID: "banned", ticket: "x")) { _ in }
            }
            #expect(error?.uri == "wamp.error.authentication_denied")
            #expect(error?.message.contains("blocked") == true)
        }
    }

    @Test("An unknown realm and a HELLO without roles are refused with their reasons")
    func realm() async throws {
        try await withRouter { router in
            for (hello, reason) in [
                (#"[1,"other",{"roles":{"caller":{}}}]"#, "wamp.error.no_such_realm"),
                (#"[1,"realm1",{"roles":{}}]"#, "wamp.error.no_such_role"),
                (#"[1,"realm1",{"roles":{"caller":{}},"authmethods":["scram"]}]"#, "wamp.error.no_auth_method"),
            ] {
                let peer = try await RawWAMP(port: router.port)
                guard case .abort(_, let given, _) = try await peer.ask(hello) else {
                    Issue.record("no ABORT")
                    return
                }
                #expect(given == reason)
                #expect(try await peer.socket.receiveClose() == 1000)
                await peer.close()
            }
        }
    }

    @Test("A peer on the Unix socket is known by its user, and the socket serves the same realm")
    func unixSocket() async throws {
        let path = "/tmp/router-test-\(getpid()).sock"
        try await withRouter(configure: { $0.listeners.append(.unix(path: path)) }) { router in
            var local = router.client()
            local.url = "ws+unix://\(path)"
            try await WAMPClient.withSession(local, logger: quiet) { session in
                #expect(session.welcome["authid"] == .string("user\(getuid())"))
                #expect(session.welcome["authmethod"] == "peer")
                _ = try await session.register("test.local") { _ in Reply(["here"]) }
                let answer = try await router.session { try await $0.call("test.local") }
                #expect(answer.args == ["here"])
            }
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test("HELLO and AUTHENTICATE have to come in time; the transport closes without a word")
    func timeouts() async throws {
        let time = ManualTime()
        try await withRouter(time: time, configure: { $0.goodbyeGrace = .milliseconds(40) }) { router in
            let silent = try await RawWAMP(port: router.port)
            try await eventually { await router.router.statistics().connections == 1 }
            time.advance(by: .seconds(4))
            let challenged = try await RawWAMP(port: router.port)
            let challenge = try await challenged.ask(
                #"[1,"realm1",{"roles":{"caller":{}},"authmethods":["ticket"],"authid":"tom"}]"#)
            #expect(challenge.code == MessageCode.challenge)
            time.advance(by: .seconds(1))
            #expect(try await silent.socket.receiveClose() == 1000)
            #expect(await router.router.statistics().connections >= 1)
            time.advance(by: .seconds(9))
            #expect(try await challenged.socket.receiveClose() == 1000)
            for peer in [silent, challenged] { await peer.close() }
        }
    }

    @Test("An authenticator that does not answer costs its own client only")
    func hangingAuthenticator() async throws {
        let time = ManualTime()
        var accounts = Accounts()
        accounts.before = { request in
            if request.authID == "dev" {
                await withTaskGroup(of: Void.self) { $0.addTask { try? await ManualTime().sleep(for: .seconds(1)) } }
            }
        }
        try await withRouter(accounts: accounts, time: time, configure: { $0.goodbyeGrace = .milliseconds(40) }) {
            router in
            let waiting = try await RawWAMP(port: router.port)
            try await waiting.send(#"[1,"realm1",{"roles":{"caller":{}},"authmethods":["wampcra"],"authid":"dev"}]"#)
            #expect(try await router.sessionCount() == 0)
            await time.waitForSleepers(count: 1)
            time.advance(by: .seconds(10))
            // Whichever comes first, the router's own bound or the desk's: the client is let go.
            await waiting.socket.raw.waitForEnd()
        }
    }

    @Test("A client that goes while the authenticator thinks leaves nothing behind")
    func goneMeanwhile() async throws {
        let (asked, release) = (Gate(), Gate())
        var accounts = Accounts()
        accounts.before = { request in
            guard request.authID == "tom" else { return }
            await asked.open()
            try? await release.wait()
        }
        try await withRouter(accounts: accounts) { router in
            let peer = try await RawWAMP(port: router.port)
            try await peer.send(#"[1,"realm1",{"roles":{"caller":{}},"authmethods":["ticket"],"authid":"tom"}]"#)
            try await asked.wait()
            await peer.close()
            try await eventually { await router.router.statistics().connections == 0 }
            await release.open()
            #expect(try await router.sessionCount() == 0)
        }
    }

    @Test("Attempts are limited per address on the injected clock, and failures cost more")
    func rateLimit() async throws {
        let time = ManualTime()
        try await withRouter(
            time: time, configure: { $0.joinLimit = JoinLimit(rate: 1, burst: 2, failureCost: 5) }
        ) { router in
            func attempt(_ hello: String) async throws -> Message {
                let peer = try await RawWAMP(port: router.port)
                let answer = try await peer.ask(hello)
                await peer.close()
                return answer
            }
            let hello = #"[1,"realm1",{"roles":{"caller":{}}}]"#
            #expect(try await attempt(hello).code == MessageCode.welcome)
            #expect(try await attempt(#"[1,"no.realm",{"roles":{"caller":{}}}]"#).code == MessageCode.abort)
            guard case .abort(_, let reason, _) = try await attempt(hello) else {
                Issue.record("no limit")
                return
            }
            #expect(reason == "wamp.error.unavailable")
            time.advance(by: .seconds(2))
            #expect(try await attempt(hello).code == MessageCode.abort)
            time.advance(by: .seconds(2))
            #expect(try await attempt(hello).code == MessageCode.welcome)
            #expect(await router.router.statistics().limitedJoins == 2)
        }
    }

    @Test("Beyond the number of sessions nobody joins, and a place that gets free is taken")
    func maxSessions() async throws {
        try await withRouter(configure: { $0.maxSessions = 1 }) { router in
            let waiting = try await RawWAMP(port: router.port)
            let first = try await router.raw()
            let refusal = try await waiting.ask(#"[1,"realm1",{"roles":{"caller":{}}}]"#)
            #expect(refusal.code == MessageCode.abort)
            let full = try await RawWebSocketClient(.port(router.port))
            let head = try await full.request(["Sec-WebSocket-Protocol: wamp.2.json"])
            #expect(head.first?.contains("503") == true)
            await first.close()
            try await eventually { await router.router.statistics().sessions == 0 }
            let second = try await router.raw()
            for peer in [second, waiting] { await peer.close() }
        }
    }

    @Test("A router that cannot start says why, and everybody who waits for it is told")
    func mistakes() async throws {
        for (configuration, code) in [
            (
                RouterConfiguration(realms: [], listeners: [.tcp(host: "127.0.0.1", port: 0)]),
                RouterError.Code.configuration
            ),
            (RouterConfiguration(realms: ["r"], listeners: [.tcp(host: "127.0.0.1", port: 0)]), .configuration),
            (RouterConfiguration(realms: ["realm1"], listeners: [.unix(path: "relative")]), .listener),
            (
                RouterConfiguration(
                    realms: ["realm1"],
                    listeners: [
                        .tcp(host: "127.0.0.1", port: 0, tls: RouterTLS(certificateFile: "/none", keyFile: "/none"))
                    ]),
                .tls
            ),
        ] {
            let router = WAMPRouter(
                configuration: configuration, authenticator: Accounts(), authorizer: Rules(), logger: quiet)
            let error = await #expect(throws: RouterError.self) { try await router.run() }
            #expect(error?.code == code)
            let told = await #expect(throws: RouterError.self) { _ = try await router.listening() }
            #expect(told == error)
        }
    }
}

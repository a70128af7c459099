import Foundation
import IntegrationTestKit
import Testing
import Values
import WAMPTestKit

@Suite("-profiling of the real program (system.md 1.2)", .serialized)
struct ProfilingTests {
    /// Nil while nobody listens.
    private static func variables(_ port: UInt16) -> Value? {
        guard let answer = LoopbackRequest.get("/debug/vars", port: port),
            let body = answer.firstRange(of: "\r\n\r\n")?.upperBound
        else { return nil }
        return try? JSON.decode(String(answer[body...]))
    }

    @Test("the state of a connected agent, on 127.0.0.1 only, without a secret, until it ends (S-30)")
    func connected() async throws {
        let port = LoopbackRequest.freePort().port
        try await AgentUnderTest.with { agent in
            let flags = AgentUnderTest.connectedFlags + ["-profiling", "-profilingPort", "\(port)", "-debugMessaging"]
            try await agent.running(flags) { _ in
                await agent.connect()
                #expect(LoopbackRequest.listeners(port: port) == ["0100007F"])
                let state = try #require(Self.variables(port))
                #expect(state["link"]?["state"] == "joined")
                #expect(state["link"]?["attempts"] == 0)
                #expect(state["engine"]?["available"] == true)
                #expect(state["outbox"]?["open"] == true)
                #expect(state["apps"] == [:])
                guard case .int(let registrations)? = state["session"]?["registrations"],
                    case .int(let rss)? = state["process"]?["memory_kb"]?["Rss"]
                else {
                    Issue.record("\(state)")
                    return
                }
                #expect(registrations > 5 && rss > 1000)

                let text = "\(state)"
                for secret in [AgentUnderTest.secret, BackendAnswers.credentialKey, BackendAnswers.registryToken] {
                    #expect(!text.contains(secret))
                }
                #expect(text.contains("joined"), "the search would find it")
                #expect(LoopbackRequest.get("/debug/pprof/", port: port)?.contains("/debug/vars") == true)
                #expect(LoopbackRequest.get("/debug/pprof/heap", port: port)?.hasPrefix("HTTP/1.1 404 ") == true)
                let foreign = LoopbackRequest.get("/debug/vars", port: port, host: "evil.example")
                #expect(foreign?.hasPrefix("HTTP/1.1 403 ") == true)
            }
            #expect(LoopbackRequest.listeners(port: port).isEmpty)
        }
    }

    @Test("a router that is not there: the link tells its attempts and its next one")
    func waiting() async throws {
        let (port, nowhere) = (LoopbackRequest.freePort().port, LoopbackRequest.freePort().port)
        try await Workspace.with { workspace in
            let program = try AgentProgram(
                workspace: workspace,
                identity: AgentProgram.Identity(
                    serial: "S-1", secret: AgentUnderTest.secret, endpoint: "ws://127.0.0.1:\(nowhere)/ws"))
            let process = try program.start(
                ["-profiling", "-profilingPort", "\(port)"],
                environment: ["DOCKER_HOST": "unix://" + workspace.file("nothing")])
            defer { process.signal(SIGKILL) }
            let isTold = await eventually {
                guard let state = Self.variables(port), state["link"]?["state"] == "waiting",
                    case .int(let attempts)? = state["link"]?["attempts"], attempts >= 2
                else { return false }
                return state["link"]?["retry_in_seconds"] != .null && state["session"] == .null
                    && state["engine"]?["available"] == false
            }
            #expect(isTold, "\(String(describing: LoopbackRequest.get("/debug/vars", port: port)))")
            process.signal(SIGTERM)
            #expect(await process.waitForExit() == 0)
        }
    }

    @Test("a port that is taken is logged, and the agent connects (system.md 0.1 step 6)")
    func takenPort() async throws {
        let (port, descriptor) = LoopbackRequest.freePort(keep: true)
        defer { close(descriptor) }
        try await AgentUnderTest.with { agent in
            try await agent.running(AgentUnderTest.connectedFlags + ["-profiling", "-profilingPort", "\(port)"]) { _ in
                await agent.connect()
                #expect(agent.lines("-profiling: the port cannot be had").count == 1)
            }
        }
    }
}

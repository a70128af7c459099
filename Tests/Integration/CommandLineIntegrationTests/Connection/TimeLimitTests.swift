import Foundation
import IntegrationTestKit
import Testing
import WAMPTestKit

/// The three time flags against peers that are silent (system.md 1.2).
@Suite("Time limits of the connection")
struct TimeLimitTests {
    @Test("-connTimeout bounds an attempt at a peer that accepts and says nothing; the next attempt follows")
    func silentPeer() async throws {
        try await Workspace.with { workspace in
            let began = ContinuousClock.now
            let attempts = try await withLoopbackServer { port -> Int in
                let identity = AgentProgram.Identity(
                    serial: "S-1", secret: AgentUnderTest.secret, endpoint: "ws://127.0.0.1:\(port)/ws")
                let program = try AgentProgram(workspace: workspace, identity: identity)
                let process = try program.start(
                    ["-connTimeout", "200"], environment: ["DOCKER_HOST": "unix://" + workspace.file("nothing")])
                defer { process.signal(SIGKILL) }
                let isTwice = await eventually(within: .seconds(10)) {
                    program.log.components(separatedBy: "\"message\":\"not connected\"").count > 2
                }
                #expect(isTwice, "\(program.log)")
                process.signal(SIGTERM)
                #expect(await process.waitForExit() == 0)
                return program.log.components(separatedBy: "did not open within 0.2 seconds").count - 1
            } server: { raw, _ in
                await raw.waitForEnd()
            }
            #expect(attempts >= 2)
            // Two limits, a pause of at most 1.5 s and the start.
            #expect(ContinuousClock.now - began < .seconds(12))
        }
    }

    @Test("-connTimeout bounds the handshake too: a router that never answers HELLO")
    func silentRouter() async throws {
        try await AgentUnderTest.with { agent in
            agent.router.admit(.silence)
            try await agent.running(["-connTimeout", "200"]) { _ in
                let isTwice = await eventually(within: .seconds(10)) { agent.router.hellos >= 2 }
                #expect(isTwice, "\(agent.program.log.suffix(2000))")
                agent.router.admit(.welcome)
                await agent.connect()
            }
        }
    }

    @Test("-connTimeout 0 and -respTimeout 0 are no limit and the built-in one, not an immediate end")
    func zero() async throws {
        try await AgentUnderTest.with { agent in
            try await agent.running(["-connTimeout", "0", "-respTimeout", "0", "-ppTimeout", "0"]) { _ in
                await agent.connect(within: .seconds(10))
                #expect(agent.router.hellos == 1)
            }
        }
    }

    @Test("-respTimeout bounds a router that never answers REGISTER; the agent tries again")
    func silentRegistration() async throws {
        let answers = Flag()
        try await AgentUnderTest.with { question in
            guard case .register(let name) = question, name.hasSuffix(".get_images"), !answers.isSet else {
                return BackendAnswers.usual(question)
            }
            return .silence
        } _: { agent in
            try await agent.running(AgentUnderTest.connectedFlags + ["-respTimeout", "200"]) { process in
                let isTwice = await eventually(within: .seconds(10)) {
                    agent.router.count(.register("re.mgmt.S-1.get_images", takesOver: true)) >= 2
                }
                #expect(isTwice && process.isRunning, "\(agent.program.log.suffix(2000))")
                answers.set()
                await agent.connect()
            }
        }
    }

    @Test("-ppTimeout: a peer that answers no ping is left, and dialled again")
    func silentPing() async throws {
        try await AgentUnderTest.with { agent in
            try await agent.running(AgentUnderTest.connectedFlags + ["-ppTimeout", "200"]) { _ in
                await agent.connect()
                try await Task.sleep(for: .milliseconds(600))
                #expect(agent.router.hellos == 1, "answered pings keep the session")
                agent.router.answerPings(false)
                let isLeft = await eventually(within: .seconds(4)) { agent.router.count(.end) == 1 }
                #expect(isLeft)
                agent.router.answerPings(true)
                let isBack = await eventually(within: .seconds(10)) {
                    agent.router.entries(of: 1).contains { BackendAnswers.isStatus("CONNECTED", $0) }
                }
                #expect(isBack, "\(agent.program.log.suffix(2000))")
            }
        }
    }

    @Test("-ppTimeout 0 sends no ping, so that silence is no reason to leave")
    func noPing() async throws {
        try await AgentUnderTest.with { agent in
            agent.router.answerPings(false)
            try await agent.running(AgentUnderTest.connectedFlags + ["-ppTimeout", "0"]) { _ in
                await agent.connect()
                try await Task.sleep(for: .seconds(1))
                #expect(agent.router.count(.end) == 0)
                #expect(agent.router.pings == 0)
            }
        }
    }
}

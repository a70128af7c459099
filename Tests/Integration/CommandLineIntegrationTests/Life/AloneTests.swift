import Foundation
import IntegrationTestKit
import Testing
import WAMPTestKit

/// The agent without its partners.
@Suite("Without a partner")
struct AloneTests {
    @Test("-offline boots, runs and never dials")
    func offline() async throws {
        try await AgentUnderTest.with { agent in
            try await agent.running(["-offline"]) { process in
                let isUp = await eventually {
                    agent.lines("offline: apps are run, the router is never dialled").count == 1
                }
                #expect(isUp, "\(agent.program.log)")
                try await Task.sleep(for: .seconds(1))
                #expect(process.isRunning)
                #expect(agent.router.connections == 0)
                #expect(FileManager.default.fileExists(atPath: agent.workspace.file("agent/reagent.db")))
            }
            #expect(agent.router.connections == 0)
        }
    }

    @Test("S59: without an engine the device is connected, and few lines are written about it")
    func withoutEngine() async throws {
        try await AgentUnderTest.with { agent in
            let nowhere = "unix://" + agent.workspace.file("nothing.sock")
            try await agent.running(environment: ["DOCKER_HOST": nowhere]) { process in
                await agent.connect()
                try await Task.sleep(for: .seconds(3))
                #expect(process.isRunning)
                let about = agent.logLines.filter { line in
                    let text = "\(line)".lowercased()
                    return text.contains("engine") || text.contains("docker") || text.contains("nothing.sock")
                }
                // The first line of every log shows the command line.
                #expect((1...5).contains(about.count), "\(about)")
            }
        }
    }

    @Test(
        "S14: the backend's procedures are missing for a while: the agent lives, and fetches everything when they come")
    func missingProcedures() async throws {
        let isThere = Flag()
        try await AgentUnderTest.with { question in
            guard case .call(let procedure, _) = question, procedure.hasPrefix("reswarm."), !isThere.isSet else {
                return BackendAnswers.usual(question)
            }
            return .error("wamp.error.no_such_procedure", "no callee registered for \(procedure)")
        } _: { agent in
            try await agent.running { process in
                let hasTried = await eventually {
                    agent.router.calls(of: "reswarm.devices.update_device_status").count >= 6
                }
                #expect(hasTried && process.isRunning, "\(agent.program.log.suffix(2000))")
                let before = agent.router.entries.count
                isThere.set()
                await agent.connect(within: .seconds(3))
                #expect(agent.router.hellos == 1, "the session still stands")
                let after = agent.router.entries.dropFirst(before)
                for procedure in [
                    "reswarm.devices.read_device_metadata", "reswarm.devices.get_app_cred_key",
                    "reswarm.containers.get_requested_app_states", "reswarm.devices.update_device_architecture",
                ] {
                    let calls = after.count { if case .call(procedure, _) = $0 { true } else { false } }
                    #expect(calls >= 1, "\(procedure) was never asked again")
                }
                #expect(!after.contains { if case .register = $0 { true } else { false } }, "registered twice")
            }
        }
    }

    @Test("S14: only the status call fails: the agent lives, CONNECTED comes when it works again")
    func failingStatus() async throws {
        let isThere = Flag()
        try await AgentUnderTest.with { question in
            guard case .call("reswarm.devices.update_device_status", _) = question, !isThere.isSet else {
                return BackendAnswers.usual(question)
            }
            return .error("wamp.error.runtime_error", "the database is down")
        } _: { agent in
            try await agent.running { process in
                let hasTried = await eventually {
                    agent.router.calls(of: "reswarm.devices.update_device_status").count >= 4
                }
                #expect(hasTried && process.isRunning)
                #expect(agent.router.calls(of: "reswarm.containers.get_requested_app_states").count == 1)
                isThere.set()
                await agent.connect(within: .seconds(3))
                #expect(agent.router.hellos == 1)
            }
        }
    }
}

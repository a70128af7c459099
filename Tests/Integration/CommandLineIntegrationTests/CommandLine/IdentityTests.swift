import Foundation
import IntegrationTestKit
import Testing
import Values

/// The identity file at the start of the real program (system.md 8).
@Suite("Identity file at the start")
struct IdentityTests {
    /// Replaces a part of the identity file.
    private static func edit(_ agent: AgentUnderTest, _ part: String, _ new: String) throws {
        let path = agent.workspace.file("device.flock")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains(part))
        try text.replacing(part, with: new).write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static func content(_ agent: AgentUnderTest) throws -> String {
        try String(contentsOfFile: agent.workspace.file("device.flock"), encoding: .utf8)
    }

    @Test("S2: a syntax error: exit 1 with the place on standard error and in the log, the file untouched (S-27)")
    func syntaxError() async throws {
        try await AgentUnderTest.with { agent in
            try Self.edit(agent, "\"swarm_key\": 2", "\"swarm_key\" 2")
            let before = try Self.content(agent)
            let process = try agent.program.start([])
            #expect(await process.waitForExit() == 1)
            #expect(process.text.contains("fatal: ") && process.text.contains("device.flock"), "\(process.text)")
            #expect(agent.program.log.contains("device.flock"))
            #expect(try Self.content(agent) == before)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: agent.workspace.path)
                    .filter { $0.hasPrefix("device") } == ["device.flock"])
            #expect(agent.router.entries.isEmpty)
        }
    }

    @Test("S2: keys as text are accepted, unknown keys are kept, also where the file is rewritten (S5)")
    func textKeysAndUnknownKeys() async throws {
        try await AgentUnderTest.with { agent in
            try Self.edit(agent, "\"swarm_key\": 2", "\"swarm_key\": \"2\"")
            try Self.edit(
                agent, "\"device_key\": 3", "\"device_key\": \"3\", \"owner_account_key\": [1, {\"a\": null}]")
            // A value that the start changes, so that the file is written.
            try Self.edit(agent, "127.0.0.1:5001/", "registry.reswarm.io/")
            try await agent.running { _ in
                await agent.connect()
                #expect(agent.router.entries.first == .hello(authID: "2-3"))
                let file = try JSON.decode(try Self.content(agent))
                #expect(file["docker_registry_url"] == "registry.ironflock.com/")
                #expect(file["owner_account_key"] == [1, ["a": nil]])
            }
        }
    }

    @Test("S2: an identity that cannot be written, not even its directory: the agent runs and says so")
    func readOnly() async throws {
        try await AgentUnderTest.with { agent in
            let directory = agent.workspace.file("boot")
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try Self.edit(agent, "127.0.0.1:5001/", "registry.reswarm.io/")
            try FileManager.default.moveItem(
                atPath: agent.workspace.file("device.flock"), toPath: directory + "/device.flock")
            let before = try String(contentsOfFile: directory + "/device.flock", encoding: .utf8)
            // The superuser writes everywhere but on a file system that is mounted read-only.
            let prelude = "mount --bind \(directory) \(directory) && mount -o remount,bind,ro \(directory) && "
            let process = try agent.program.start(
                ["-config", directory + "/device.flock"] + AgentUnderTest.connectedFlags,
                environment: ["DOCKER_HOST": agent.dockerHost], prelude: prelude)
            await agent.connect()
            #expect(agent.program.log.contains("the identity file could not be written"))
            process.signal(SIGTERM)
            #expect(await process.waitForExit() == 0)
            #expect(try String(contentsOfFile: directory + "/device.flock", encoding: .utf8) == before)
        }
    }

    @Test("S4: nothing changed by the backend: the file is not written, at the start and at two connects")
    func unchanged() async throws {
        try await AgentUnderTest.with { agent in
            let path = agent.workspace.file("device.flock")
            let long = Date(timeIntervalSince1970: 1_000_000)
            try FileManager.default.setAttributes([.modificationDate: long], ofItemAtPath: path)
            let before = try Self.content(agent)
            try await agent.running { _ in
                await agent.connect()
                await agent.router.cut()
                let isBack = await eventually {
                    agent.router.entries(of: 1).contains { BackendAnswers.isStatus("CONNECTED", $0) }
                }
                #expect(isBack, "\(agent.program.log.suffix(2000))")
            }
            let modified = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
            #expect(modified == long)
            #expect(try Self.content(agent) == before)
            #expect(!FileManager.default.fileExists(atPath: path + ".bak"))
        }
    }
}

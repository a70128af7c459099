import Foundation
import IntegrationTestKit
import Testing

/// The machine's lock (system.md 0.3).
@Suite("One agent on a machine")
struct InstanceTests {
    private static let lock = "/tmp/ironflock-reagent.lock"

    /// Runs a command in the mount namespace of a running agent.
    private static func beside(_ process: TestProcess, _ command: [String]) async throws -> (
        status: Int32?, text: String
    ) {
        let other = try TestProcess("/usr/bin/nsenter", ["--mount=/proc/\(process.pid)/ns/mnt"] + command)
        return (await other.waitForExit(.seconds(10)), other.text)
    }

    private static func second(_ agent: AgentUnderTest, directory: String) -> [String] {
        [
            Workspace.program("reagent"), "-config", agent.workspace.file("device.flock"), "-agentDir",
            agent.workspace.file(directory), "-appsDir", agent.workspace.file("apps2"), "-dbFileName", "second.db",
            "-logFile", agent.workspace.file("second.log"), "-offline",
        ]
    }

    @Test("S12: a second instance is refused with exit 1 and a sentence, and does nothing")
    func refused() async throws {
        try await AgentUnderTest.with { agent in
            try await agent.running { process in
                await agent.connect()
                let second = try await Self.beside(process, Self.second(agent, directory: "agent2"))
                #expect(second.status == 1)
                #expect(second.text.contains("another instance") && second.text.contains("systemctl stop reagent"))
                #expect(second.text.split(separator: "\n").count == 1, "\(second.text)")
                #expect(!FileManager.default.fileExists(atPath: agent.workspace.file("second.log")))
                #expect(process.isRunning)
            }
        }
    }

    @Test("S12: the machine's lock file unlinked meanwhile: the one in the agent directory still refuses (S-29)")
    func unlinked() async throws {
        try await AgentUnderTest.with { agent in
            try await agent.running { process in
                await agent.connect()
                #expect(try await Self.beside(process, ["/bin/rm", Self.lock]).status == 0)
                let second = try await Self.beside(process, Self.second(agent, directory: "agent"))
                #expect(second.status == 1)
                #expect(second.text.contains("another instance"))
                let look = try await Self.beside(process, ["/bin/ls", Self.lock])
                #expect(look.status == 0, "the file was not made again: \(look.text)")
            }
        }
    }

    @Test("S12: after SIGKILL the next instance starts at once: the lock goes with its holder")
    func afterKill() async throws {
        try await AgentUnderTest.with { agent in
            try await agent.running { process in
                await agent.connect()
                process.signal(SIGKILL)
                #expect(await process.waitForExit() == -SIGKILL)
            }
            try await agent.running { _ in
                let isBack = await eventually(within: .seconds(20)) {
                    agent.router.entries(of: 1).contains { BackendAnswers.isStatus("CONNECTED", $0) }
                }
                #expect(isBack, "\(agent.program.log.suffix(2000))")
            }
        }
    }
}

import Foundation
import IntegrationTestKit
import Testing

/// SIGTERM and SIGINT at any moment (system.md 0.4).
@Suite("Termination")
struct TerminationTests {
    private static let limit: Duration = .seconds(10)

    /// What a stop must leave: a whole database, or none when the program had not come that far.
    private static func expectWholeDatabase(_ agent: AgentUnderTest) async throws {
        let path = agent.workspace.file("agent/reagent.db")
        guard FileManager.default.fileExists(atPath: path) else { return }
        let check = """
            import sqlite3, sys
            print(sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check").fetchone()[0])
            """
        try check.write(toFile: agent.workspace.file("check.py"), atomically: true, encoding: .utf8)
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"), "the database was not closed")
        let result = try await TestEnvironment.shell("python3 \(agent.workspace.file("check.py")) \(path)")
        #expect(result.output == "ok\n")
    }

    @Test(
        "S13: a signal at any moment of the start ends the program with 0, database closed",
        arguments: [0, 1, 5, 20, 50, 100, 300], [SIGTERM, SIGINT])
    func early(milliseconds: Int, signal: Int32) async throws {
        try await AgentUnderTest.with { agent in
            let process = try agent.program.start(
                AgentUnderTest.connectedFlags, environment: ["DOCKER_HOST": agent.dockerHost])
            // The shell before the program dies of the signal; count from the program's first instruction.
            let isProgram = await eventually(within: .seconds(10)) { process.executable == "reagent" }
            #expect(isProgram, "\(process.text)")
            try await Task.sleep(for: .milliseconds(milliseconds))
            process.signal(signal)
            let began = ContinuousClock.now
            let status = await process.waitForExit(.seconds(20))
            #expect(status == 0, "\(process.text)\(agent.program.log.suffix(2000))")
            #expect(ContinuousClock.now - began < Self.limit)
            try await Self.expectWholeDatabase(agent)
        }
    }

    @Test("S13: connected: GOODBYE, database closed, exit 0", arguments: [SIGTERM, SIGINT])
    func connected(signal: Int32) async throws {
        try await AgentUnderTest.with { agent in
            try await agent.running { process in
                await agent.connect()
                let began = ContinuousClock.now
                process.signal(signal)
                #expect(await process.waitForExit(.seconds(20)) == 0)
                #expect(ContinuousClock.now - began < Self.limit)
                #expect(agent.router.count(.goodbye) == 1)
                try await Self.expectWholeDatabase(agent)
                #expect(agent.lines("stopped").count == 1)
            }
        }
    }

    @Test(
        "S13: while the router is silent, and while it cannot be reached: exit 0 all the same",
        arguments: [true, false])
    func notConnected(isReachable: Bool) async throws {
        try await AgentUnderTest.with { agent in
            agent.router.admit(isReachable ? .silence : .abort("wamp.error.no_such_realm", "no such realm"))
            try await agent.running { process in
                let isThere = await eventually { agent.router.hellos > 0 }
                #expect(isThere)
                let began = ContinuousClock.now
                process.signal(SIGTERM)
                #expect(await process.waitForExit(.seconds(20)) == 0)
                #expect(ContinuousClock.now - began < Self.limit)
                try await Self.expectWholeDatabase(agent)
            }
        }
    }

    @Test("S13: a router that never answers GOODBYE does not keep the program")
    func silentGoodbye() async throws {
        try await AgentUnderTest.with { agent in
            try await agent.running { process in
                await agent.connect()
                agent.router.answerGoodbye(false)
                let began = ContinuousClock.now
                process.signal(SIGTERM)
                #expect(await process.waitForExit(.seconds(20)) == 0)
                #expect(ContinuousClock.now - began < Self.limit)
                #expect(agent.router.count(.goodbye) == 1)
            }
        }
    }
}

extension TestProcess {
    /// The name of the program that the process runs now.
    fileprivate var executable: String? {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe"))
            .map { URL(fileURLWithPath: $0).lastPathComponent }
    }
}

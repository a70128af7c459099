import AgentCore
import Files
import Logging
import Synchronization
import Testing
import Values

@testable import AgentRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("From the configuration to the exit code (system.md 0.1)")
struct AgentProgramTests {
    private struct Failure: Error, CustomStringConvertible { var description: String { "no database" } }

    private func configuration(_ directory: String, identity: String? = identityText()) throws -> Configuration {
        if let identity { try AtomicFile.write(bytes(identity), to: directory + "/d.flock") }
        var configuration = Configuration(
            identityPath: directory + "/d.flock", agentDirectory: directory + "/agent",
            appsDirectory: directory + "/apps", databasePath: directory + "/agent/reagent.db",
            logFile: directory + "/log/reagent.log")
        configuration.commandLine = ["reagent", "-config", directory + "/d.flock"]
        return configuration
    }

    private func run(
        _ directory: String, _ configuration: Configuration, signals: TerminationSignals = TerminationSignals(),
        body: AgentProgram.Body = AgentProgram.waitForTermination
    ) async -> Int32 {
        await AgentProgram.run(configuration, lockPath: directory + "/machine.lock", signals: signals, body: body)
    }

    private func messages(_ directory: String) throws -> [Object] {
        try lines(directory + "/log/reagent.log").map { try #require(try JSON.decode($0).object) }
    }

    @Test("the directories exist, the identity is loaded and the first line is the command line")
    func start() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = try configuration(directory)
            let seen = Mutex<UInt64>(0)
            let code = await run(directory, configuration) { startup in
                let key = await startup.identity.identity.deviceKey
                seen.withLock { $0 = key }
                #expect(startup.configuration.directories.allSatisfy(Directory.exists))
            }
            #expect(code == 0)
            #expect(seen.withLock { $0 } == 3)
            let first = try #require(try messages(directory).first)
            #expect(first["level"] == "debug")
            #expect(first["command"]?.string?.hasPrefix("reagent -config ") == true)
        }
    }

    @Test("S13: a signal before the agent runs ends the start with 0; the agent is not begun")
    func earlySignal() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = try configuration(directory)
            let signals = TerminationSignals()
            signals.receive(SIGTERM)
            let code = await run(directory, configuration, signals: signals) { _ in Issue.record("was begun") }
            #expect(code == 0)
        }
    }

    @Test(
        "S13: a signal while the agent runs ends it with 0, and the lock is free again", arguments: [SIGTERM, SIGINT])
    func signal(number: Int32) async throws {
        try await withTemporaryDirectory { directory in
            let configuration = try configuration(directory)
            let signals = TerminationSignals()
            let code = await run(directory, configuration, signals: signals) { startup in
                signals.receive(number)
                await AgentProgram.waitForTermination(startup)
            }
            #expect(code == 0)
            #expect(try messages(directory).last?["message"] == "stopped")
            #expect(await run(directory, configuration, signals: signals) == 0)
        }
    }

    @Test("S12: a second instance ends with 1 and begins nothing")
    func second() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = try configuration(directory)
            let code = await run(directory, configuration) { _ in
                let second = await run(directory, configuration) { _ in Issue.record("was begun") }
                #expect(second == 1)
            }
            #expect(code == 0)
        }
    }

    @Test("S2: an identity that cannot be used: exit 1, the file untouched, the reason in the log (S-27)")
    func badIdentity() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = try configuration(directory, identity: "{\"secret\": \"s3cret-of-device\", oops")
            #expect(await run(directory, configuration) { _ in Issue.record("was begun") } == 1)
            #expect(try text(directory + "/d.flock") == "{\"secret\": \"s3cret-of-device\", oops")
            let last = try #require(try messages(directory).last)
            #expect(last["level"] == "fatal")
            #expect(last["error"]?.string?.contains(directory + "/d.flock") == true)
            #expect(try !text(directory + "/log/reagent.log").contains("s3cret-of-device"))
        }
    }

    @Test("directories that cannot be made: exit 1")
    func badDirectories() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = try configuration(directory)
            try AtomicFile.write([], to: directory + "/apps")
            #expect(await run(directory, configuration) { _ in Issue.record("was begun") } == 1)
            let last = try #require(try messages(directory).last)
            #expect(last["level"] == "fatal")
            #expect(last["error"]?.string?.hasPrefix("the directory \(directory)/apps") == true)
            #expect(last["error"]?.string?.contains("cannot be created") == true)
        }
    }

    @Test("an agent directory in which no lock can be made: exit 1, and the reason is in the log too")
    func badLock() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = try configuration(directory)
            try AtomicFile.write([], to: directory + "/agent")
            #expect(await run(directory, configuration) { _ in Issue.record("was begun") } == 1)
            let last = try #require(try messages(directory).last)
            #expect(last["error"]?.string?.hasPrefix("cannot take the instance lock: \(directory)/agent") == true)
        }
    }

    @Test("an error of the agent: exit 1 with the error in the log")
    func failure() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = try configuration(directory)
            #expect(await run(directory, configuration) { _ in throw Failure() } == 1)
            #expect(try messages(directory).last?["error"] == "no database")
        }
    }

    @Test("S60: the secrets of the identity are in no line, whoever logs them")
    func secrets() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = try configuration(directory)
            _ = await run(directory, configuration) { startup in
                startup.logger.info("s3cret-of-device", metadata: ["wifi": "wifi-password"])
                throw SecretFailure()
            }
            let log = try text(directory + "/log/reagent.log")
            #expect(log.contains("***"))
            #expect(!log.contains("s3cret-of-device"))
            #expect(!log.contains("wifi-password"))
        }
    }

    private struct SecretFailure: Error, CustomStringConvertible { var description: String { "s3cret-of-device" } }

    @Test("flags without effect are said once")
    func flagsWithoutEffect() async throws {
        try await withTemporaryDirectory { directory in
            var configuration = try configuration(directory)
            configuration.flagsWithoutEffect = ["nmw", "env"]
            _ = await run(directory, configuration) { _ in }
            #expect(try messages(directory).filter { $0["flags"] == "nmw env" }.count == 1)
        }
    }

    @Test("without -debug no debug line is written")
    func level() async throws {
        try await withTemporaryDirectory { directory in
            var configuration = try configuration(directory)
            configuration.isDebug = false
            _ = await run(directory, configuration) { $0.logger.info("x") }
            #expect(try messages(directory).allSatisfy { $0["level"] == "info" })
        }
    }
}

import Foundation
import IntegrationTestKit
import Testing

/// `scripts/run` from outside, with the programs of this build, an own directory and the services that are up.
@Suite("The whole system in one command", .serialized)
struct RunScriptTests {
    private static func start(in workspace: Workspace) throws -> TestProcess {
        try TestProcess(
            Workspace.repository + "/scripts/run", [],
            environment: [
                "RUN_DIR": workspace.file("run"), "RUN_SKIP_BUILD": "1",
                "RUN_BIN": (Workspace.program("reagent") as NSString).deletingLastPathComponent,
            ], directory: Workspace.repository)
    }

    /// Numbers of the container's lines that came after the last `hello RUNNING`.
    private static func lines(of output: String) -> [Int] {
        let tail = output.components(separatedBy: "hello RUNNING\n").last ?? ""
        return tail.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.first == "hello" && words.count > 1 ? Int(words[1]) : nil
        }
    }

    private static func isShown(_ output: String) -> Bool {
        output.contains("CONNECTED\n") && output.contains("hello RUNNING\n") && Set(lines(of: output)).count >= 3
    }

    /// Processes whose command line names the workspace.
    private static func processes(of workspace: Workspace) async throws -> String {
        try await TestEnvironment.shell("pgrep -fa '\(workspace.path)[/]' || true").output
    }

    private static func containers() async throws -> String {
        try await TestEnvironment.shell(
            "docker ps -aq --filter ancestor=reagent-hello:1 --filter label=io.reagent.device"
        )
        .output
    }

    @Test("CONNECTED, hello RUNNING and numbered lines come in this order; SIGINT ends all of it with 0, within 10 s")
    func interrupted() async throws {
        try await Self.requireServices()
        try await Workspace.with { workspace in
            let run = try Self.start(in: workspace)
            let isShown = await eventually(within: .seconds(90)) { Self.isShown(run.text) || !run.isRunning }
            #expect(isShown && run.isRunning, "\(run.text)")
            let connected = try #require(run.text.range(of: " CONNECTED\n"), "\(run.text)")
            let running = try #require(run.text.range(of: "hello RUNNING\n"), "\(run.text)")
            #expect(connected.lowerBound < running.lowerBound)
            let start = ContinuousClock.now
            run.signal(SIGINT)
            #expect(await run.waitForExit(.seconds(30)) == 0, "\(run.text)")
            #expect(ContinuousClock.now - start < .seconds(10))
            #expect(try await Self.processes(of: workspace).isEmpty)
            #expect(try await Self.containers().isEmpty)
        }
    }

    @Test("after kill -9 of the run and its programs the next run works and shows lines of its own")
    func killed() async throws {
        try await Self.requireServices()
        try await Workspace.with { workspace in
            let first = try Self.start(in: workspace)
            #expect(await eventually(within: .seconds(90)) { Self.isShown(first.text) }, "\(first.text)")
            first.signal(SIGKILL)
            _ = try await TestEnvironment.shell("pkill -KILL -f '\(workspace.path)[/]'; true")
            _ = await first.waitForExit()
            let second = try Self.start(in: workspace)
            #expect(await eventually(within: .seconds(90)) { Self.isShown(second.text) }, "\(second.text)")
            #expect(Self.lines(of: second.text).first == 1, "lines of this start: \(second.text)")
            second.signal(SIGTERM)
            #expect(await second.waitForExit(.seconds(30)) == 0, "\(second.text)")
            #expect(try await Self.processes(of: workspace).isEmpty)
            #expect(try await Self.containers().isEmpty)
        }
    }

    private static func requireServices() async throws {
        for service in ["docker", "crossbar"] { try await requireService(service) }
    }
}

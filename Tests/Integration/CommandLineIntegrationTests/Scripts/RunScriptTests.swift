import Foundation
import IntegrationTestKit
import Testing

/// `scripts/run` from outside, with the programs of this build, an own directory and the services that are up.
@Suite("The whole system in one command", .serialized)
struct RunScriptTests {
    private static func environment(_ workspace: Workspace) -> [String: String] {
        [
            "RUN_DIR": workspace.file("run"), "RUN_SKIP_BUILD": "1",
            "RUN_BIN": (Workspace.program("reagent") as NSString).deletingLastPathComponent,
        ]
    }

    private static func start(in workspace: Workspace, port: Int? = nil) throws -> TestProcess {
        var environment = environment(workspace)
        environment["RUN_PORT"] = port.map { String($0) }
        return try TestProcess(
            Workspace.repository + "/scripts/run", [], environment: environment, directory: Workspace.repository)
    }

    /// The script where no program called python or crossbar is on PATH, and every python of the machine fails.
    private static func startWithoutPython(in workspace: Workspace) throws -> TestProcess {
        let script = """
            bin=\(workspace.file("bin")); mkdir -p "$bin"
            IFS=:; for folder in $PATH; do
                for program in "$folder"/*; do
                    case ${program##*/} in python* | pip* | crossbar* | wamp*) ;; *) ln -s "$program" "$bin/" 2>/dev/null ;; esac
                done
            done; unset IFS
            for program in /usr/bin/python3* /usr/local/bin/python3*; do
                [ -f "$program" ] && mount --bind /bin/false "$(readlink -f "$program")"
            done
            /usr/bin/python3 -c 0 2>/dev/null && exit 3
            PATH=$bin exec scripts/run
            """
        return try TestProcess(
            "/usr/bin/unshare", ["--mount", "--propagation", "private", "/bin/bash", "-c", script],
            environment: environment(workspace), directory: Workspace.repository)
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

    @Test("it needs neither Python nor Crossbar; a port that is asked for is used, and the identity file follows")
    func withoutPython() async throws {
        try await Self.requireServices()
        try await Workspace.with { workspace in
            let run = try Self.startWithoutPython(in: workspace)
            let isShown = await eventually(within: .seconds(90)) { Self.isShown(run.text) || !run.isRunning }
            #expect(isShown && run.isRunning, "\(run.text)")
            run.signal(SIGTERM)
            #expect(await run.waitForExit(.seconds(30)) == 0, "\(run.text)")
            #expect(try await Self.processes(of: workspace).isEmpty)

            // Another port than the first time: the identity file follows.
            let port = try freePort()
            let second = try Self.start(in: workspace, port: port)
            #expect(await eventually(within: .seconds(90)) { Self.isShown(second.text) }, "\(second.text)")
            let identity = try String(contentsOfFile: workspace.file("run/device.flock"), encoding: .utf8)
            #expect(identity.contains("\"ws://127.0.0.1:\(port)/ws\""), "\(identity)")
            second.signal(SIGTERM)
            #expect(await second.waitForExit(.seconds(30)) == 0, "\(second.text)")
        }
    }

    @Test("a port that was asked for and is taken is said, and nothing is left running")
    func takenPort() async throws {
        try await Self.requireServices()
        try await Workspace.with { workspace in
            let port = try freePort()
            let other = try TestProcess(
                Workspace.program("studio"),
                ["serve", "--data", workspace.file("other"), "--listen", "127.0.0.1:\(port)"])
            defer { other.signal(SIGKILL) }
            #expect(await eventually { other.text.contains("studio: serving on ") || !other.isRunning })
            let run = try Self.start(in: workspace, port: port)
            #expect(await run.waitForExit(.seconds(30)) == 1)
            #expect(run.text.contains("port \(port) is taken by something else"), "\(run.text)")
            other.signal(SIGTERM)
            #expect(await other.waitForExit() == 0)
            #expect(try await Self.processes(of: workspace).isEmpty)
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
        try await requireService("docker")
    }
}

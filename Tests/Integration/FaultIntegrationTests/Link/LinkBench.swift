import DockerTestKit
import Foundation
import IntegrationTestKit
import Testing
import Values
import WAMPTestKit

/// The real program between a router and an engine that the test plays, for faults of identity, link and backend.
struct LinkBench: Sendable {
    static let secret = "device-secret-0123456789"
    static let presence = "re.mgmt.S-1.wamp_connection_established"

    let workspace: Workspace
    let program: AgentProgram
    let router: AnsweringRouter
    let dockerHost: String

    /// Runs the body with a router; the program is not started yet.
    /// - Parameter url: another address than the router's for the identity file.
    static func with(
        url other: String? = nil,
        answer: @escaping @Sendable (AnsweringRouter.Question) -> AnsweringRouter.Answer = usual,
        _ body: @escaping @Sendable (LinkBench) async throws -> Void
    ) async throws {
        let router = AnsweringRouter(answer: answer)
        try await router.run { url in try await with(router: router, url: other ?? url, body) }
    }

    /// One more device at a router that runs.
    static func with(
        router: AnsweringRouter, url: String, _ body: @escaping @Sendable (LinkBench) async throws -> Void
    ) async throws {
        try await Workspace.with { workspace in
            try await FakeDockerEngine.withEngine(directory: workspace.path) { engine in
                engine.answer("GET", "/containers/json", .json("[]"))
                engine.answer("GET", "/events", FakeAnswer(steps: [.hang]))
                var identity = AgentProgram.Identity(serial: "S-1", secret: secret, endpoint: url)
                identity.registry = "127.0.0.1:5001/"
                try await body(
                    LinkBench(
                        workspace: workspace, program: try AgentProgram(workspace: workspace, identity: identity),
                        router: router, dockerHost: "unix://" + engine.socketPath))
            }
        }
    }

    /// What backend and router answer to a device with nothing to do.
    static func usual(_ question: AnsweringRouter.Question) -> AnsweringRouter.Answer {
        guard case .call(let procedure, _) = question else { return .result([]) }
        return switch procedure {
        case "reswarm.devices.read_device_metadata":
            .result([["device_name": "device-b", "swarm_name": "demo_swarm", "ownername": "marko", "swarm_key": 2]])
        case "reswarm.devices.get_app_cred_key": .result(["a-credential-key-0123456789abcdef"])
        case "reswarm.containers.get_requested_app_states": .result([[]])
        default: .result([.null])
        }
    }

    func start(
        _ flags: [String] = ["-connTimeout", "10000"], environment: [String: String] = [:], prelude: String = ""
    ) throws -> TestProcess {
        try program.start(
            flags, environment: ["DOCKER_HOST": dockerHost].merging(environment) { $1 }, prelude: prelude)
    }

    /// Starts the program for the time of the body, and stops it in an orderly way.
    func running(
        _ flags: [String] = ["-connTimeout", "10000"], environment: [String: String] = [:], prelude: String = "",
        _ body: (TestProcess) async throws -> Void
    ) async throws {
        let process = try start(flags, environment: environment, prelude: prelude)
        do {
            try await body(process)
        } catch {
            process.signal(SIGKILL)
            throw error
        }
        await stop(process)
    }

    /// SIGTERM ends the program with 0 within 10 s, in whatever state it is.
    func stop(_ process: TestProcess, sourceLocation: SourceLocation = #_sourceLocation) async {
        #expect(process.isRunning, "the process died: \(process.text)", sourceLocation: sourceLocation)
        process.signal(SIGTERM)
        let status = await process.waitForExit(.seconds(10))
        #expect(status == 0, "SIGTERM: \(process.text)\(program.log.suffix(2000))", sourceLocation: sourceLocation)
    }

    static func isStatus(_ status: String, _ entry: AnsweringRouter.Entry) -> Bool {
        guard case .call("reswarm.devices.update_device_status", let arguments) = entry else { return false }
        return arguments.first?["status"]?.string == status
    }

    /// Waits for CONNECTED in that session or a later one; records an issue when it does not come.
    func connect(
        session: Int = 0, within limit: Duration = .seconds(20), sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let isThere = await eventually(within: limit) {
            (session..<max(session + 1, router.connections)).contains { number in
                router.entries(of: number).contains { Self.isStatus("CONNECTED", $0) }
            }
        }
        #expect(isThere, "not CONNECTED: \(program.log.suffix(3000))", sourceLocation: sourceLocation)
    }

    /// Messages in the log, with their fields as text.
    var logLines: [String] { program.log.split(separator: "\n").map(String.init) }

    func logged(_ part: String) -> Int { logLines.count { $0.contains(part) } }

    /// Whether the database can be read; its apps are the test's business.
    func expectWholeDatabase() async throws {
        let check = """
            import sqlite3, sys
            print(sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check").fetchone()[0])
            """
        try check.write(toFile: workspace.file("check.py"), atomically: true, encoding: .utf8)
        let path = workspace.file("agent/reagent.db")
        let result = try await TestEnvironment.shell("python3 \(workspace.file("check.py")) \(path)")
        #expect(result.output == "ok\n")
    }
}

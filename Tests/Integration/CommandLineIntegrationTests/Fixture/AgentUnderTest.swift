import DockerTestKit
import Foundation
import IntegrationTestKit
import Testing
import Values
import WAMPTestKit

/// The real program between a router and an engine that the test plays.
struct AgentUnderTest: Sendable {
    static let secret = "device-secret-0123456789"
    static let connectedFlags = ["-connTimeout", "10000"]

    let workspace: Workspace
    let program: AgentProgram
    let router: AnsweringRouter
    let dockerHost: String

    /// Runs the body with a router; the program is not started yet.
    static func with(
        answer: @escaping @Sendable (AnsweringRouter.Question) -> AnsweringRouter.Answer = BackendAnswers.usual,
        _ body: @escaping @Sendable (AgentUnderTest) async throws -> Void
    ) async throws {
        try await Workspace.with { workspace in
            try await FakeDockerEngine.withEngine(directory: workspace.path) { engine in
                engine.answer("GET", "/containers/json", .json("[]"))
                engine.answer("GET", "/events", FakeAnswer(steps: [.hang]))
                let router = AnsweringRouter(answer: answer)
                try await router.run { [socket = engine.socketPath] url in
                    let identity = AgentProgram.Identity(serial: "S-1", secret: secret, endpoint: url)
                    let program = try AgentProgram(workspace: workspace, identity: identity)
                    try await body(
                        AgentUnderTest(
                            workspace: workspace, program: program, router: router, dockerHost: "unix://" + socket))
                }
            }
        }
    }

    /// Starts the program for the time of the body.
    func running(
        _ flags: [String] = connectedFlags, environment: [String: String] = [:],
        _ body: (TestProcess) async throws -> Void
    ) async throws {
        let process = try program.start(flags, environment: ["DOCKER_HOST": dockerHost].merging(environment) { $1 })
        do {
            try await body(process)
        } catch {
            process.signal(SIGKILL)
            throw error
        }
        guard process.isRunning else { return }
        process.signal(SIGTERM)
        #expect(await process.waitForExit() == 0, "SIGTERM ends the agent with 0 (S-24): \(program.log.suffix(2000))")
    }

    var isConnected: Bool {
        router.entries.contains { BackendAnswers.isStatus("CONNECTED", $0) }
    }

    /// Waits for CONNECTED; records an issue when it does not come.
    func connect(within limit: Duration = .seconds(20)) async {
        let isThere = await eventually(within: limit) { isConnected }
        #expect(isThere, "not CONNECTED: \(router.entries)\n\(program.log.suffix(3000))")
    }

    /// Lines of the log whose message is this.
    func lines(_ message: String) -> [Value] {
        logLines.filter { $0["message"]?.string == message }
    }

    var logLines: [Value] { program.log.split(separator: "\n").compactMap { try? JSON.decode(String($0)) } }
}

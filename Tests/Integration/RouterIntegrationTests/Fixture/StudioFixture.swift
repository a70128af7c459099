import Foundation
import IntegrationTestKit
import Testing
import Values

/// `studio serve` with a data directory of its own, and the commands on it.
final class StudioFixture: Sendable {
    let router: RouterUnderTest
    let workspace: Workspace
    /// Of the studio's own router.
    private let port: Int
    private let server: Holder

    private actor Holder {
        var process: TestProcess
        init(_ process: TestProcess) { self.process = process }
        func replace(_ process: TestProcess) { self.process = process }
    }

    private init(_ router: RouterUnderTest, workspace: Workspace) throws {
        self.router = router
        self.workspace = workspace
        port = try freePort()
        server = Holder(try Self.serve(router, workspace, port: port))
    }

    /// Runs the body with a studio that serves.
    static func with(
        _ router: RouterUnderTest, services: [String] = ["docker", "registry"],
        _ body: @Sendable (StudioFixture) async throws -> Void
    ) async throws {
        for service in services + (router == .crossbar ? ["crossbar"] : []) { try await requireService(service) }
        try await Workspace.with { workspace in
            let studio = try StudioFixture(router, workspace: workspace)
            do {
                try await studio.waitUntilServing()
                try await body(studio)
            } catch {
                await studio.server.process.signal(SIGKILL)
                throw error
            }
            try await studio.stop()
        }
    }

    // MARK: The server

    private static func serve(_ router: RouterUnderTest, _ workspace: Workspace, port: Int) throws -> TestProcess {
        let place =
            switch router {
            case .crossbar:
                [
                    "--router", TestEnvironment["TEST_WAMP_WS"], "--device-url",
                    TestEnvironment["TEST_WAMP_WS_ENROLLED"],
                ]
            case .embedded: ["--listen", "127.0.0.1:\(port)"]
            }
        return try TestProcess(
            Workspace.program("studio"), ["serve", "--data", workspace.file("studio")] + place,
            environment: router == .crossbar ? ["STUDIO_ROUTER_SECRET": RunningRouter.backendSecret] : [:])
    }

    func serve() throws -> TestProcess { try Self.serve(router, workspace, port: port) }

    /// What the studio said so far.
    var text: String { get async { await server.process.text } }

    /// The address of the studio's own router.
    var url: String { "ws://127.0.0.1:\(port)/ws" }

    private func waitUntilServing() async throws {
        let process = await server.process
        let isUp = await eventually { process.text.contains("studio: serving on ") || !process.isRunning }
        try #require(isUp && process.isRunning, "the studio does not serve: \(process.text)")
    }

    private func stop() async throws {
        let process = await server.process
        process.signal(SIGTERM)
        #expect(await process.waitForExit() == 0, "SIGTERM ends the studio with 0: \(process.text)")
    }

    func restart() async throws {
        try await stop()
        await server.replace(try serve())
        try await waitUntilServing()
    }

    /// Ends the studio at once, as kill -9 does.
    func kill() async {
        let process = await server.process
        process.signal(SIGKILL)
        _ = await process.waitForExit()
    }

    func killAndRestart() async throws {
        await kill()
        await server.replace(try serve())
        try await waitUntilServing()
    }

    // MARK: The commands

    func start(_ arguments: String...) throws -> TestProcess { try start(arguments) }

    private func start(_ arguments: [String]) throws -> TestProcess {
        try TestProcess(Workspace.program("studio"), arguments + ["--data", workspace.file("studio")])
    }

    /// Runs a command that must succeed and returns what it says.
    func command(_ arguments: String...) async throws -> String {
        let process = try start(arguments)
        let status = await process.waitForExit(.seconds(30))
        try #require(status == 0, "studio \(arguments): \(process.text)")
        return process.text
    }

    func devices() async throws -> [Value] {
        try #require(try JSON.decode(await command("devices", "--output", "json")).array)
    }

    func apps() async throws -> [Value] {
        try #require(try JSON.decode(await command("apps", "kiosk", "--output", "json")).array)
    }

    func state(of app: String, becomes state: String) async -> Bool {
        await eventually(within: .seconds(60)) {
            let apps = try? await apps()
            return apps?.first { $0["name"]?.string == app }?["state"]?.string == state
        }
    }

    /// The image of the tests, which the engine has already.
    func ticker() async throws -> String {
        let image = TestEnvironment["TEST_IMAGE_TICKER"]
        let pull = try await TestEnvironment.shell("docker pull -q \(image)")
        try #require(pull.status == 0, "\(pull.output)")
        return image
    }

    /// The session that a device last reported, from the database.
    func sessionID(of device: String) async throws -> Value? {
        let query = """
            import sqlite3, sys
            for row in sqlite3.connect(sys.argv[1]).execute("SELECT session_id FROM Devices WHERE name = ?", sys.argv[2:]):
                print(row[0])
            """
        try query.write(toFile: workspace.file("session.py"), atomically: true, encoding: .utf8)
        let result = try await TestEnvironment.shell(
            "python3 \(workspace.file("session.py")) \(workspace.file("studio/studio.db")) \(device)")
        return UInt64(result.output.split(separator: "\n").first ?? "").map(Value.integer)
    }

    // MARK: The agent

    /// Runs the body with the real agent, connected, and ends it with SIGTERM.
    func connected(_ identity: String, _ body: (TestProcess) async throws -> Void) async throws {
        let name = try JSON.decode(identity)["name"]
        try await Workspace.with { workspace in
            let agent = try AgentProgram(workspace: workspace, identityFile: identity)
            let process = try agent.start()
            do {
                let isUp = await eventually {
                    let device = try? await devices().first { $0["name"] == name }
                    return device?["connected"] == true && device?["status"] == "CONNECTED" || !process.isRunning
                }
                try #require(isUp && process.isRunning, "\(process.text)\n\(agent.log.suffix(2000))")
                try await body(process)
            } catch {
                process.signal(SIGKILL)
                throw error
            }
            guard process.isRunning else { return }
            process.signal(SIGTERM)
            #expect(await process.waitForExit() == 0)
        }
    }
}

import Foundation
import IntegrationTestKit
import Logging
import Testing
import Values
import WAMP
import WAMPClient

@Suite("The real studio and the real agent on Crossbar and Docker", .serialized)
struct StudioTests {
    @Test("enrol, run, see, change and remove an app with the command line alone")
    func wholeLife() async throws {
        try await StudioFixture.with { studio in
            let app = uniqueName("ticker")
            let container = "prod_1_\(app)"
            let identity = try await studio.command("device", "add", "kiosk")
            #expect(try await studio.devices().map { $0["connected"] } == [false])
            try await studio.connected(identity) { _ in
                let image = try await studio.ticker()
                let run = try await studio.command(
                    "app", "run", "kiosk", image, "--name", app, "--env", "GREETING=hello")
                #expect(run == "\(app): RUNNING is wanted\n")
                #expect(await studio.state(of: app, becomes: "RUNNING"))
                #expect(try await Self.environment(of: container).contains("GREETING=hello"))
                try await Self.followLogs(studio, app: app)
                #expect(try await studio.command("apps", "kiosk").contains(app), "the table")

                _ = try await studio.command("app", "run", "kiosk", image, "--name", app, "--env", "GREETING=bye")
                let isNew = await eventually {
                    (try? await Self.environment(of: container).contains("GREETING=bye")) == true
                }
                #expect(isNew, "new settings reach the container")
                #expect(await studio.state(of: app, becomes: "RUNNING"))

                _ = try await studio.command("app", "stop", "kiosk", app)
                #expect(await studio.state(of: app, becomes: "PRESENT"))
                _ = try await studio.command("app", "run", "kiosk", image, "--name", app)
                #expect(await studio.state(of: app, becomes: "RUNNING"))

                _ = try await studio.command("app", "remove", "kiosk", app)
                #expect(try await eventually { try await studio.apps().isEmpty })
                #expect(try await TestEnvironment.shell("docker inspect -f x \(container)").status != 0)
            }
            #expect(try await eventually { try await studio.devices().first?["connected"] == false }, "the testament")
        }
    }

    private static func environment(of container: String) async throws -> String {
        try await TestEnvironment.shell("docker inspect -f '{{json .Config.Env}}' \(container)").output
    }

    private static func followLogs(_ studio: StudioFixture, app: String) async throws {
        let logs = try studio.start("logs", "-f", "kiosk", app)
        #expect(await eventually { ticks(in: logs.text).count >= 20 }, "\(logs.text)")
        logs.signal(SIGINT)
        #expect(await logs.waitForExit() == 0, "SIGINT ends it as a success: \(logs.text)")
        let seen = ticks(in: logs.text)
        let first = try #require(seen.first)
        #expect(seen == Array(first..<first + seen.count), "each line once and in order")
    }

    private static func ticks(in text: String) -> [Int] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.first == "tick" && words.count > 1 ? Int(words[1]) : nil
        }
    }

    @Test("a device that was not enrolled, or has another secret, is refused; it says so and lives on")
    func notEnrolled() async throws {
        try await StudioFixture.with { studio in
            let identity = try await studio.command("device", "add", "kiosk")
            let object = try #require(JSON.decode(identity).object)
            var stranger = object
            stranger["device_key"] = 99
            var wrong = object
            wrong["secret"] = "0000000000000000000000000000000000000000000000000000000000000000"
            // For the second one the sentence is the router's own.
            for (refused, reason) in [(stranger, "no device with this identity is enrolled"), (wrong, "signature")] {
                try await Workspace.with { workspace in
                    let agent = try AgentProgram(
                        workspace: workspace, identityFile: JSON.text(.object(refused), style: .goIndented(1)))
                    let process = try agent.start()
                    defer { process.signal(SIGKILL) }
                    #expect(await eventually { agent.log.contains("not connected") || !process.isRunning })
                    #expect(process.isRunning, "\(process.text)")
                    #expect(agent.log.contains(reason), "\(agent.log)")
                    #expect(try await studio.devices().map { $0["connected"] } == [false])
                    process.signal(SIGTERM)
                    #expect(await process.waitForExit() == 0)
                }
            }
        }
    }

    @Test("the studio is restarted: nothing is lost, and who was there is there")
    func restart() async throws {
        try await StudioFixture.with { studio in
            let identity = try await studio.command("device", "add", "kiosk")
            try await studio.connected(identity) { agent in
                try await studio.restart()
                let isBack = try await eventually { try await studio.devices().first?["connected"] == true }
                #expect(isBack && agent.isRunning)
                #expect(try await studio.command("device", "add", "second").contains("\"device_key\": 2"))
                agent.signal(SIGKILL)
                #expect(try await eventually { try await studio.devices().first?["connected"] == false })
            }
        }
    }

    @Test("a second `studio serve` on the same data is refused; the first one serves on")
    func secondStudio() async throws {
        try await StudioFixture.with { studio in
            let second = try studio.serve()
            let status = await second.waitForExit()
            #expect(status != 0 && status != nil)
            #expect(second.text.contains("another `studio serve`"))
            #expect(try await studio.devices() == [])
        }
    }

    @Test("watch shows changes as they happen and ends with SIGTERM as a success")
    func watch() async throws {
        try await StudioFixture.with { studio in
            let identity = try await studio.command("device", "add", "kiosk")
            let watch = try studio.start("watch")
            #expect(await eventually { watch.text.contains("kiosk DISCONNECTED\n") })
            try await studio.connected(identity) { _ in }
            #expect(await eventually { watch.text.hasSuffix("kiosk DISCONNECTED\n") && watch.text.count > 40 })
            #expect(watch.text.contains("kiosk CONFIGURING\nkiosk CONNECTED\n"))
            watch.signal(SIGTERM)
            #expect(await watch.waitForExit() == 0)
        }
    }

    @Test("a device cannot get the secret of another one, nor command or disconnect it, whatever it claims to be")
    func hostileDevice() async throws {
        try await StudioFixture.with { studio in
            let victim = try await studio.command("device", "add", "victim")
            let hostile = try JSON.decode(try await studio.command("device", "add", "hostile"))
            let configuration = WAMPClientConfiguration(
                url: TestEnvironment["TEST_WAMP_WS_ENROLLED"], realm: TestEnvironment["TEST_WAMP_REALM"],
                authentication: .wampcra(authID: "1-2", secret: try #require(hostile["secret"]?.string)),
                connectTimeout: .seconds(10))
            let claims: [Object] = [
                [:], ["forward_for": [["session": 1, "authid": "system", "authrole": "trusted"]]],
                ["forward_for": [["session": 1, "authid": "system", "authrole": "backend"]]],
                ["forward_for": [["session": 1, "authid": "1-1", "authrole": "device"]]],
            ]
            let calls: [(String, [Value])] = [
                ("studio.authenticate", ["realm1", "1-1", [:]]), ("studio.device.list", []),
                ("studio.device.add", [["name": "third"]]),
                ("reswarm.devices.update_device_status", [["device_key": 1, "status": "EMERGENCY"]]),
            ]
            try await studio.connected(victim) { _ in
                let session = try #require(try await studio.sessionID(of: "victim"))
                try await WAMPClient.withSession(configuration, logger: Logger(label: "hostile")) { hostile in
                    for (procedure, args) in calls {
                        for claim in claims {
                            let error = await #expect(throws: WAMPError.self) {
                                _ = try await hostile.call(procedure, args, options: CallOptions(additional: claim))
                            }
                            #expect(error?.uri == "wamp.error.not_authorized", "\(procedure) \(claim)")
                        }
                    }
                    for claim in claims {
                        let will: Value = ["device_key": 1, "swarm_key": 1, "wamp_session_id": session]
                        _ = try await hostile.publishAcknowledged(
                            "reswarm.api.testament_device", [will], options: PublishOptions(additional: claim))
                    }
                }
                #expect(try await studio.devices().first?["status"] == "CONNECTED")
                #expect(try await studio.devices().count == 2)
            }
        }
    }
}

/// `studio serve` with a data directory of its own, and the commands on it.
private final class StudioFixture: Sendable {
    let workspace: Workspace
    private let server: Holder

    private actor Holder {
        var process: TestProcess
        init(_ process: TestProcess) { self.process = process }
        func replace(_ process: TestProcess) { self.process = process }
    }

    private init(workspace: Workspace) throws {
        self.workspace = workspace
        server = Holder(try Self.serve(workspace))
    }

    /// Runs the body with a studio that serves.
    static func with(_ body: @Sendable (StudioFixture) async throws -> Void) async throws {
        for service in ["docker", "registry", "crossbar"] { try await requireService(service) }
        try await Workspace.with { workspace in
            let studio = try StudioFixture(workspace: workspace)
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

    private static func serve(_ workspace: Workspace) throws -> TestProcess {
        try TestProcess(
            Workspace.program("studio"),
            [
                "serve", "--router", TestEnvironment["TEST_WAMP_WS"], "--device-url",
                TestEnvironment["TEST_WAMP_WS_ENROLLED"], "--realm", TestEnvironment["TEST_WAMP_REALM"], "--data",
                workspace.file("studio"),
            ],
            environment: ["STUDIO_ROUTER_SECRET": TestEnvironment["TEST_WAMP_BACKEND_SECRET"]])
    }

    func serve() throws -> TestProcess { try Self.serve(workspace) }

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

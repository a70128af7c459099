import Foundation
import IntegrationTestKit
import Logging
import Testing
import Values
import WAMP
import WAMPClient

@Suite("The real studio and the real agent on both routers and Docker", .serialized)
struct StudioTests {
    @Test(
        "enrol, run, see, change and remove an app with the command line alone",
        arguments: RouterUnderTest.allCases)
    func wholeLife(router: RouterUnderTest) async throws {
        try await StudioFixture.with(router) { studio in
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

    @Test(
        "a device that was not enrolled, or has another secret, is refused; it says so and lives on",
        arguments: RouterUnderTest.allCases)
    func notEnrolled(router: RouterUnderTest) async throws {
        try await StudioFixture.with(router) { studio in
            let identity = try await studio.command("device", "add", "kiosk")
            let object = try #require(JSON.decode(identity).object)
            var stranger = object
            stranger["device_key"] = 99
            var wrong = object
            wrong["secret"] = "0000000000000000000000000000000000000000000000000000000000000000"
            // Of a wrong secret the router itself tells. The embedded one tells nobody which devices there are.
            let unknown = router == .crossbar ? "no device with this identity is enrolled" : "signature"
            for (refused, reason) in [(stranger, unknown), (wrong, "signature")] {
                try await Workspace.with { workspace in
                    let agent = try AgentProgram(
                        workspace: workspace, identityFile: JSON.text(.object(refused), style: .goIndented(1)))
                    let process = try agent.start()
                    defer { process.signal(SIGKILL) }
                    let isSaid = await eventually { agent.log.contains(reason) || !process.isRunning }
                    #expect(isSaid && process.isRunning, "\(process.text)\n\(agent.log)")
                    #expect(try await studio.devices().map { $0["connected"] } == [false])
                    process.signal(SIGTERM)
                    #expect(await process.waitForExit() == 0)
                }
            }
        }
    }

    @Test(
        "the studio is restarted: nothing is lost, and who was there is there",
        arguments: RouterUnderTest.allCases)
    func restart(router: RouterUnderTest) async throws {
        try await StudioFixture.with(router) { studio in
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

    @Test(
        "a second `studio serve` on the same data is refused; the first one serves on",
        arguments: RouterUnderTest.allCases)
    func secondStudio(router: RouterUnderTest) async throws {
        try await StudioFixture.with(router) { studio in
            let second = try studio.serve()
            let status = await second.waitForExit()
            #expect(status != 0 && status != nil)
            #expect(second.text.contains("another `studio serve`"))
            #expect(try await studio.devices() == [])
        }
    }

    @Test(
        "watch shows changes as they happen and ends with SIGTERM as a success",
        arguments: RouterUnderTest.allCases)
    func watch(router: RouterUnderTest) async throws {
        try await StudioFixture.with(router) { studio in
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

    @Test(
        "a device cannot get the secret of another one, nor command or disconnect it, whatever it claims to be",
        arguments: RouterUnderTest.allCases)
    func hostileDevice(router: RouterUnderTest) async throws {
        try await StudioFixture.with(router) { studio in
            let victim = try await studio.command("device", "add", "victim")
            let hostile = try JSON.decode(try await studio.command("device", "add", "hostile"))
            let configuration = WAMPClientConfiguration(
                url: try #require(hostile["device_endpoint_url"]?.string), realm: "realm1",
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

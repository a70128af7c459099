import Foundation
import IntegrationTestKit
import Testing
import Values

/// SIGKILL of the real program at every point of a step: before and after every engine call, before and after every
/// commit, between a written state and its report. `SOAK_ROUNDS` repeats every kill.
/// On one router: it costs minutes, and the router plays no part in it.
@Suite("Sudden death at every point of a step", .serialized)
struct SuddenDeathTests {
    private static var rounds: Int { Int(TestEnvironment["SOAK_ROUNDS"]) ?? 1 }

    @Test("run ends as without kills, whatever point it died at")
    func run() async throws { try await campaign("run", appKey: 910, from: "UNINSTALLED", to: "RUNNING") }

    @Test("stop ends as without kills, whatever point it died at")
    func stop() async throws { try await campaign("stop", appKey: 911, from: "RUNNING", to: "PRESENT") }

    @Test("remove ends as without kills, whatever point it died at")
    func remove() async throws { try await campaign("remove", appKey: 912, from: "RUNNING", to: "REMOVED") }

    @Test("uninstall ends as without kills, whatever point it died at")
    func uninstall() async throws { try await campaign("uninstall", appKey: 913, from: "RUNNING", to: "UNINSTALLED") }

    private func campaign(_ action: String, appKey: UInt64, from: String, to target: String) async throws {
        try await AgentFixture.with(.embedded, appKey: appKey, name: "kill\(action)") { fixture in
            let campaign = Campaign(fixture: fixture)
            let points = try await campaign.rehearse(from: from, to: target)
            #expect(points.count >= 8, "too few points: \(points)")
            let expected = try await campaign.endState()
            var table: [String] = []
            for point in points {
                for _ in 0..<Self.rounds {
                    let died = try await campaign.kill(at: point, from: from, to: target)
                    #expect(died, "\(action): nothing died at \(point)")
                    let end = try await campaign.endState()
                    #expect(end == expected, "\(action): another end after a kill at \(point)")
                    #expect(fixture.backend.states(of: fixture.app.appKey).last == target)
                }
                table.append("\(action) \(point): \(Self.rounds)")
            }
            await campaign.end()
            print(
                "sudden death: \(action): \(points.count) points × \(Self.rounds)\n  "
                    + table.joined(separator: "\n  "))
        }
    }
}

/// One app that is brought into a state, killed on the way to another and looked at afterwards.
private final class Campaign {
    private let fixture: AgentFixture
    private var agent: TestProcess?
    private var killFile: String { fixture.workspace.file("kill") }

    init(fixture: AgentFixture) { self.fixture = fixture }

    private func start() async throws {
        fixture.backend.forgetStatuses()
        agent = try fixture.agent.start(environment: ["REAGENT_KILL_FILE": killFile])
        #expect(
            await eventually { fixture.backend.statuses.contains("CONNECTED") },
            "the agent did not connect: \(fixture.agent.log.suffix(2000))")
    }

    private func reach(_ state: String) async throws {
        if agent?.isRunning != true { try await start() }
        fixture.backend.forgetReports()
        try await fixture.request(state)
        #expect(await fixture.reported(state), "\(state) was not reached: \(fixture.agent.log.suffix(3000))")
    }

    /// Goes the way without a kill and returns the points passed.
    func rehearse(from: String, to target: String) async throws -> [String] {
        try await reach(from)
        arm("none 0")
        try await reach(target)
        _ = await eventually(within: .seconds(1)) { false }
        disarm()
        let trace = (try? String(contentsOfFile: killFile + ".trace", encoding: .utf8)) ?? ""
        // The report that told of the state before may return only now: its point belongs to the way there.
        return Array(trace.split(separator: "\n").map(String.init).drop { $0 != "store.wanted.before 1" })
    }

    /// Goes the way again, lets the agent die at the point, starts it anew and waits for the end. False if it lived.
    func kill(at point: String, from: String, to target: String) async throws -> Bool {
        try await reach(from)
        fixture.backend.forgetReports()
        arm(point)
        try? await fixture.request(target)
        let died = await eventually(within: .seconds(30)) { agent?.isRunning == false }
        disarm()
        if died { try await start() }
        #expect(
            await fixture.reported(target), "after a kill at \(point): \(fixture.agent.log.suffix(3000))")
        return died
    }

    func end() async {
        agent?.signal(SIGTERM)
        _ = await agent?.waitForExit()
    }

    private func arm(_ point: String) { try? point.write(toFile: killFile, atomically: true, encoding: .utf8) }

    private func disarm() { try? FileManager.default.removeItem(atPath: killFile) }

    /// Container, images, rows and files of the app, as one text. `current_state` of the wanted row is left out: after a
    /// connect it holds what the backend's list says (app-lifecycle.md 1.7).
    func endState() async throws -> String {
        let app = fixture.app
        let format =
            "{{.State.Running}} {{.Config.Image}} {{json .Config.Env}} {{json .Config.Labels}} {{json .HostConfig.Mounts}}"
        let query = """
            import sqlite3, sys
            connection = sqlite3.connect(sys.argv[1])
            for row in connection.execute("SELECT app_key, stage, state, version, release_key FROM AppStates"): print(row)
            for row in connection.execute("SELECT app_key, stage, manually_requested_state, present_version FROM RequestedAppStates"): print(row)
            """
        try query.write(toFile: fixture.workspace.file("rows.py"), atomically: true, encoding: .utf8)
        let commands = [
            "docker inspect -f '\(format)' \(app.container) 2>/dev/null || echo no container",
            "docker images --filter reference='\(app.repository)' --format '{{.Repository}}:{{.Tag}}'",
            "python3 \(fixture.workspace.file("rows.py")) \(fixture.workspace.file("agent/reagent.db"))",
            "ls -d \(fixture.workspace.file("apps"))/prod/\(app.name) 2>/dev/null || echo no data",
        ]
        return try await TestEnvironment.shell(commands.joined(separator: "; ")).output
    }
}

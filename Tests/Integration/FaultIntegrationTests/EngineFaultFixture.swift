import IntegrationTestKit
import Logging
import Testing
import Values
import WAMP
import WAMPClient

/// The real agent between a router, an engine that suffers and a scripted backend.
struct SufferingDevice: Sendable {
    let workspace: Workspace
    let agent: AgentProgram
    let backend: ScriptedBackend
    let session: WAMPSession
    let app: TestImage

    /// Runs the body with a backend that serves; the agent is not started yet.
    /// - Parameter isPublished: whether the registry has the app's image.
    static func with(
        appKey: UInt64, name: String, isPublished: Bool = true,
        _ body: @Sendable (SufferingDevice) async throws -> Void
    ) async throws {
        for service in ["docker", "registry", "crossbar"] { try await requireService(service) }
        let app = TestImage(appKey: appKey, name: name)
        await app.clean()
        if isPublished { try await app.publish() }
        let configuration = WAMPClientConfiguration(
            url: TestEnvironment["TEST_WAMP_WS"], realm: TestEnvironment["TEST_WAMP_REALM"],
            authentication: .wampcra(
                authID: TestEnvironment["TEST_WAMP_BACKEND_AUTHID"],
                secret: TestEnvironment["TEST_WAMP_BACKEND_SECRET"]),
            connectTimeout: .seconds(10))
        try await Workspace.with { workspace in
            let identity = AgentProgram.Identity(
                serial: "test-\(UInt32.random(in: 0 ... .max))", secret: TestEnvironment["TEST_WAMP_SECRET"],
                endpoint: TestEnvironment["TEST_WAMP_WS"])
            let agent = try AgentProgram(workspace: workspace, identity: identity)
            let backend = ScriptedBackend()
            try await WAMPClient.withSession(configuration, logger: Logger(label: "backend")) { session in
                try await backend.serve(session)
                try await body(
                    SufferingDevice(
                        workspace: workspace, agent: agent, backend: backend, session: session, app: app))
            }
        }
        await app.clean()
    }

    /// Starts the agent, waits for CONNECTED, runs the body and ends the agent with SIGTERM, which it must survive until.
    func connected(
        _ flags: [String] = [], environment: [String: String] = [:], prelude: String = "",
        _ body: (TestProcess) async throws -> Void
    ) async throws {
        backend.forgetStatuses()
        let process = try agent.start(flags, environment: environment, prelude: prelude)
        let isUp = await eventually { backend.statuses.contains("CONNECTED") || !process.isRunning }
        #expect(isUp && process.isRunning, "the agent did not connect: \(process.text)\n\(agent.log.suffix(2000))")
        do {
            try await body(process)
        } catch {
            process.signal(9)
            throw error
        }
        #expect(process.isRunning, "the agent lives: \(process.text)")
        guard process.isRunning else { return }
        process.signal(15)
        #expect(await process.waitForExit() == 0)
    }

    func call(_ procedure: String, kwargs: Object = [:], _ arguments: [Value] = []) async throws -> [Value] {
        try await session.call("re.mgmt.\(agent.identity.serial).\(procedure)", arguments, kwargs: kwargs).args
    }

    /// Requests a target of the app; the backend's list says the same.
    func request(_ target: String, environment: Object = [:]) async throws {
        let payload = backend.request(target, appKey: app.appKey, name: app.name, environment: environment)
        backend.setRequested([.object(payload)])
        _ = try await call("request_app_state", kwargs: payload)
    }

    /// Waits until the last state that was reported is this one.
    func reported(_ state: String, within limit: Duration = .seconds(40)) async -> Bool {
        await eventually(within: limit) { backend.states(of: app.appKey).last == state }
    }

    /// Requests and waits; the reports are forgotten before.
    func reach(_ target: String) async throws {
        backend.forgetReports()
        try await request(target)
        #expect(await reported(target), "\(backend.states(of: app.appKey)); \(agent.log.suffix(3000))")
    }

    /// What a user sees in the log of the app.
    func history() async throws -> [String] {
        try await call("get_app_log_history", [["containerName": .string(app.container)]]).first?.array?
            .compactMap(\.string) ?? []
    }

    /// Waits for a line of the app's log.
    func says(_ fragment: String) async throws -> Bool {
        try await eventually(within: .seconds(20)) { try await history().contains { $0.contains(fragment) } }
    }

    /// The id of the app's container; empty when there is none.
    func container(_ name: String? = nil) async throws -> String {
        let result = try await TestEnvironment.shell("docker inspect -f '{{.Id}}' \(name ?? app.container) 2>/dev/null")
        return result.output.filter { !$0.isWhitespace }
    }

    /// Lines of the agent's own log with this text.
    func logged(_ text: String) -> Int { agent.log.split(separator: "\n").count { $0.contains(text) } }
}

/// Runs commands that must succeed.
func run(_ command: String) async throws {
    let result = try await TestEnvironment.shell(command)
    #expect(result.status == 0, "\(command): \(result.output)")
}

import AsyncSupport
import IntegrationTestKit
import Logging
import Testing
import Values
import WAMP
import WAMPClient

/// The real agent program between a router, Docker and a scripted backend.
struct AgentFixture: Sendable {
    let router: RunningRouter
    let workspace: Workspace
    let agent: AgentProgram
    let backend: ScriptedBackend
    let session: WAMPSession
    let app: TestImage

    var serial: String { agent.identity.serial }

    static func backendConfiguration(_ router: RunningRouter) -> WAMPClientConfiguration {
        WAMPClientConfiguration(
            url: router.url, realm: RunningRouter.realm,
            authentication: .wampcra(authID: RunningRouter.backendAuthID, secret: RunningRouter.backendSecret),
            connectTimeout: .seconds(10))
    }

    /// Runs the body with a backend that serves; the agent is not started yet.
    static func with(
        _ kind: RouterUnderTest, appKey: UInt64, name: String, _ body: @Sendable (AgentFixture) async throws -> Void
    ) async throws {
        for service in ["docker", "registry"] { try await requireService(service) }
        let app = TestImage(appKey: appKey, name: name)
        try await kind.with { router in
            try await app.publish()
            try await Workspace.with { workspace in
                let identity = AgentProgram.Identity(
                    serial: "test-\(UInt32.random(in: 0 ... .max))", secret: RunningRouter.deviceSecret,
                    endpoint: router.url)
                let agent = try AgentProgram(workspace: workspace, identity: identity)
                let backend = ScriptedBackend()
                try await WAMPClient.withSession(
                    backendConfiguration(router), logger: Logger(label: "backend")
                ) { session in
                    try await backend.serve(session)
                    try await body(
                        AgentFixture(
                            router: router, workspace: workspace, agent: agent, backend: backend, session: session,
                            app: app))
                }
            }
        }
        await app.clean()
    }

    /// Starts the agent, waits for CONNECTED, runs the body and ends the agent with SIGTERM.
    func connected(
        _ flags: [String] = [], environment: [String: String] = [:],
        _ body: (TestProcess) async throws -> Void
    ) async throws {
        backend.forgetStatuses()
        let process = try agent.start(flags, environment: environment)
        let isUp = await eventually { backend.statuses.contains("CONNECTED") || !process.isRunning }
        #expect(isUp && process.isRunning, "the agent did not connect: \(process.text)\n\(agent.log.suffix(2000))")
        do {
            try await body(process)
        } catch {
            process.signal(9)
            throw error
        }
        guard process.isRunning else { return }
        process.signal(15)
        #expect(await process.waitForExit() == 0, "SIGTERM ends the agent with 0 (S-24)")
    }

    func request(_ target: String, image: String? = nil) async throws {
        let payload = backend.request(target, appKey: app.appKey, name: app.name, image: image)
        backend.setRequested([.object(payload)])
        _ = try await session.call(procedure("request_app_state"), [], kwargs: payload)
    }

    func procedure(_ suffix: String) -> String { "re.mgmt.\(serial).\(suffix)" }

    var logTopic: String { "reswarm.logs.\(serial).\(app.container)" }

    /// Waits until the app reported a state, counting from the reports that are remembered.
    func reported(_ state: String, within limit: Duration = .seconds(60)) async -> Bool {
        await eventually(within: limit) { backend.states(of: app.appKey).last == state }
    }

    /// Requests a target and expects exactly this sequence of reports.
    func expect(_ target: String, reports expected: [String], image: String? = nil) async throws {
        backend.forgetReports()
        try await request(target, image: image)
        let isThere = await eventually(within: .seconds(60)) {
            backend.states(of: app.appKey).count >= expected.count
        }
        #expect(isThere, "\(target) did not get there; log: \(agent.log.suffix(3000))")
        #expect(backend.states(of: app.appKey) == expected)
    }
}

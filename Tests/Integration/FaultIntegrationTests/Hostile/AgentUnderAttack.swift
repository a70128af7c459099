import DockerTestKit
import Foundation
import IntegrationTestKit
import Testing
import Values
import WAMP
import WAMPTestKit

/// The real `reagent` program between an engine and a router that the test plays.
struct AgentUnderAttack: Sendable {
    static let serial = "S-1"

    let workspace: Workspace
    let program: AgentProgram
    let router: AnsweringRouter
    let engine: FakeDockerEngine

    /// Runs the body with the program running, and ends the program.
    static func with(_ body: @escaping @Sendable (AgentUnderAttack, TestProcess) async throws -> Void) async throws {
        try await Workspace.with { workspace in
            try await FakeDockerEngine.withEngine(directory: workspace.path) { engine in
                engine.answer("GET", "/containers/json", .json("[]"))
                engine.answer("GET", "/events", FakeAnswer(steps: [.hang]))
                let features = ["progressive_call_results", "call_canceling", "call_timeout"]
                let router = AnsweringRouter(dealerFeatures: features, answer: answer)
                try await router.run { url in
                    var identity = AgentProgram.Identity(
                        serial: serial, secret: "device-secret-0123456789", endpoint: url)
                    identity.registry = "127.0.0.1:5001/"
                    let program = try AgentProgram(workspace: workspace, identity: identity)
                    let agent = AgentUnderAttack(workspace: workspace, program: program, router: router, engine: engine)
                    let process = try program.start(
                        ["-connTimeout", "10000"], environment: ["DOCKER_HOST": "unix://" + engine.socketPath])
                    do {
                        try await body(agent, process)
                    } catch {
                        process.signal(SIGKILL)
                        throw error
                    }
                    process.signal(SIGTERM)
                    #expect(await process.waitForExit() == 0, "\(program.log.suffix(2000))")
                }
            }
        }
    }

    /// What the backend answers to a device with nothing to do; account 42 may do everything, others nothing.
    private static func answer(_ question: AnsweringRouter.Question) -> AnsweringRouter.Answer {
        guard case .call(let procedure, let arguments) = question else { return .result([]) }
        return switch procedure {
        case "reswarm.devices.read_device_metadata":
            .result([["device_name": "device-b", "swarm_name": "demo_swarm", "ownername": "marko", "swarm_key": 2]])
        case "reswarm.devices.get_app_cred_key": .result(["a-credential-key-0123456789abcdef"])
        case "reswarm.containers.get_registry_token": .result(["a-registry-token-0123456789abcdef"])
        case "reswarm.containers.get_requested_app_states": .result([[]])
        case "reswarm.devices.check_privilege":
            .result([.bool(arguments.first?["requestor_account_key"] == 42)])
        default: .result([.null])
        }
    }

    func uri(_ procedure: String) -> String { "re.mgmt.\(Self.serial).\(procedure)" }

    /// How often the device reported CONNECTED.
    var connects: Int {
        router.calls(of: "reswarm.devices.update_device_status").count { $0.first?["status"] == "CONNECTED" }
    }

    /// Waits for that many CONNECTED in all.
    func waitForConnect(_ number: Int, within limit: Duration = .seconds(20)) async -> Bool {
        await eventually(within: limit, every: .milliseconds(10)) { connects >= number }
    }

    /// Whether a caller gets a normal answer within the time.
    func serves(within limit: Duration = .seconds(20)) async throws -> Bool {
        try await eventually(within: limit, every: .milliseconds(20)) {
            try await router.call(uri("wamp_connection_established"), within: .seconds(5))
                == .result(Payload(["Hello :-)"]))
        }
    }
}

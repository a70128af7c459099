import Foundation
import IntegrationTestKit
import Testing
import Values

@Suite("The real agent and an engine that goes away", .serialized)
struct EngineLossTests {
    @Test(
        "no engine at the start: the agent connects, answers and keeps requests; the app starts when the engine comes")
    func missingAtStart() async throws {
        try await SufferingDevice.with(appKey: 931, name: "lateengine") { device in
            let socket = device.workspace.file("engine.sock")
            try await device.connected(environment: ["DOCKER_HOST": "unix://\(socket)"]) { _ in
                try await device.request("RUNNING")
                #expect(try await device.call("get_agent_metadata").isEmpty == false)
                #expect(try await device.history().isEmpty)
                await #expect(throws: (any Error).self) { _ = try await device.call("get_images") }
                try await Task.sleep(for: .seconds(4))
                #expect(
                    !device.backend.states(of: 931).contains("FAILED"), "an engine that is away is nobody's failure")
                #expect(device.logged("the container engine does not answer") == 1, "said once (S-28)")
                try FileManager.default.createSymbolicLink(
                    atPath: socket, withDestinationPath: TestEnvironment["TEST_DOCKER_SOCKET"])
                #expect(await device.reported("RUNNING"), "\(device.backend.states(of: 931))")
                // The app does not wait for the watcher's next question.
                #expect(await eventually { device.logged("the container engine answers again") == 1 })
            }
        }
    }

    @Test(
        "T74: the engine hangs, then is killed under a running app: the agent answers, and the app runs again by itself"
    )
    func hangsAndDies() async throws {
        try await SufferingDevice.with(appKey: 934, name: "deadengine") { device in
            try await device.connected { _ in
                try await device.reach("RUNNING")
                // It accepts connections and never answers.
                let engine = try #require(Self.enginePID)
                kill(engine, SIGSTOP)
                do {
                    let start = ContinuousClock.now
                    device.backend.forgetReports()
                    try await device.request("PRESENT")
                    #expect(try await device.call("get_agent_metadata").isEmpty == false)
                    #expect(ContinuousClock.now - start < .seconds(10), "a hanging engine holds up no answer")
                    try await Task.sleep(for: .seconds(5))
                    kill(engine, SIGCONT)
                } catch {
                    kill(engine, SIGCONT)
                    throw error
                }
                #expect(await device.reported("PRESENT"), "\(device.backend.states(of: 934))")
                #expect(!device.backend.states(of: 934).contains("FAILED"))

                try await device.reach("RUNNING")
                device.backend.forgetReports()
                try await run("scripts/test-services kill docker")
                #expect(await eventually { device.logged("the container engine does not answer") >= 1 })
                try await run("scripts/test-services up docker")
                let isBack = try await eventually(within: .seconds(40)) {
                    let state = try await TestEnvironment.shell(
                        "docker inspect -f '{{.State.Running}}' \(device.app.container)")
                    let last = device.backend.states(of: 934).last
                    return state.output.hasPrefix("true") && (last == nil || last == "RUNNING")
                }
                #expect(isBack, "\(device.backend.states(of: 934)): \(device.agent.log.suffix(3000))")
                try await device.reach("UNINSTALLED")
            }
        }
    }

    /// As recorded by scripts/test-services.
    private static var enginePID: Int32? {
        let directory = TestEnvironment["TEST_DOCKER_SOCKET"].split(separator: "/").dropLast(2).joined(separator: "/")
        let text = try? String(contentsOfFile: "/\(directory)/pids/dockerd", encoding: .utf8)
        return text?.split(separator: " ").first.flatMap { Int32($0) }
    }
}

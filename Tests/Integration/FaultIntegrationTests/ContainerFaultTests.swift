import IntegrationTestKit
import Testing
import Values

@Suite("The real agent and containers that others lay hands on", .serialized)
struct ContainerFaultTests {
    @Test("paused, killed, removed and renamed by hand: state and a sentence for each, and the app runs again")
    func byHand() async throws {
        try await SufferingDevice.with(appKey: 935, name: "handled") { device in
            let container = device.app.container
            try await device.connected { _ in
                try await device.reach("RUNNING")

                device.backend.forgetReports()
                try await run("docker pause \(container)")
                #expect(try await device.says("the container is paused; the agent leaves it so"))
                #expect(
                    device.backend.states(of: 935).allSatisfy { $0 == "RUNNING" }, "a paused app keeps its state (P6)")
                try await run("docker unpause \(container)")

                try await run("docker rename \(container) reagent_it_renamed")
                let renamed = try await device.container("reagent_it_renamed")
                let isAnew = try await eventually { try await !device.container().isEmpty }
                #expect(isAnew && device.backend.states(of: 935).contains("PRESENT"))
                #expect(await device.reported("RUNNING"))
                #expect(try await device.container("reagent_it_renamed") == renamed, "it is left alone")
                try await run("docker rm -f reagent_it_renamed")

                device.backend.forgetReports()
                try await run("docker rm -f \(container)")
                #expect(await device.reported("RUNNING"))
                #expect(device.backend.states(of: 935) == ["PRESENT", "STARTING", "RUNNING"])

                device.backend.forgetReports()
                try await run("docker kill \(container)")
                #expect(await device.reported("FAILED"))
                #expect(try await device.says("handled (PROD) exited with status code: 137"))
                #expect(await device.reported("RUNNING"))
                try await device.reach("UNINSTALLED")
            }
        }
    }

    @Test("an image that no registry has, then a name that somebody else's container has: FAILED with a sentence each")
    func missingImageAndForeignName() async throws {
        // Of a name that no earlier run has left in the registry.
        let name = "taken\(UInt32.random(in: 0 ... .max))"
        try await SufferingDevice.with(appKey: 936, name: name, isPublished: false) { device in
            let container = device.app.container
            try await device.connected { _ in
                try await device.request("RUNNING")
                #expect(await device.reported("FAILED"), "\(device.backend.states(of: 936))")
                #expect(try await device.says("Error: Error occured while trying to pull the image: "))

                try await device.app.publish()
                try await run("docker run -d --name \(container) \(TestEnvironment["TEST_IMAGE_BASE"]) sleep 1000")
                let foreign = try await device.container()
                for target in ["RUNNING", "REMOVED", "RUNNING"] {
                    try await device.request(target)
                    guard target == "RUNNING" else { continue }
                    #expect(try await device.says("a container that is not the agent's has the app's container name"))
                }
                #expect(try await device.container() == foreign, "never touched (P3)")
                try await run("docker rm -f \(container)")
                try await device.reach("RUNNING")
                try await device.reach("UNINSTALLED")
            }
        }
    }
}

import AgentTestKit
import DeviceProtocol
import Testing
import Values

@testable import AgentCore

@Suite("Pulling an image")
struct PullTests {
    private static let image = ModelDevice.image()

    @Test("T23: no registry token: no pull attempted, and the failure is tried again (P14)")
    func noToken() async throws {
        let device = ModelDevice(registry: [Self.image])
        device.backend.setConnected(false)
        var driver = await LaneDriver.verified(device, .sample(.removed, target: .removed))
        #expect(try await driver.request(.sample(.present), patience: .zero) == .waiting(.seconds(5)))
        #expect(device.engine.changes.isEmpty)
        #expect(device.store.reported == [.failed])
        device.backend.setConnected(true)
        #expect(await driver.settle() == .rest)
        #expect(device.store.reported == [.failed, .downloading, .present])
    }

    @Test("the token is asked for in the owner's name for PROD, and goes with the device secret")
    func credentials() async throws {
        let device = ModelDevice(registry: [Self.image])
        var request = AppRequest.sample(.present)
        request.deviceOwnerAccountKey = 711
        var driver = await LaneDriver.verified(device, .sample(.removed, target: .removed))
        try await driver.request(request)
        #expect(
            device.backend.calls == [
                .init(procedure: "reswarm.containers.get_registry_token", arguments: [["callerID": 711]])
            ])
        #expect(
            device.engine.credentials == [
                RegistryCredentials(server: "registry.example/", user: "token", password: "secret")
            ])
    }

    @Test("an app whose image is present starts without backend and registry (P21)")
    func noTokenForRun() async throws {
        let device = ModelDevice(images: [Self.image])
        device.backend.setConnected(false)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running)) == .rest)
        #expect(await driver.state == .running)
        #expect(device.backend.calls.isEmpty)
    }

    @Test("the version that will run is pulled, not the newest one (P22)")
    func version() async throws {
        let device = ModelDevice(registry: [Self.image, ModelDevice.image(version: "2.0.0")])
        var request = AppRequest.sample(.running)
        request.newestVersion = "2.0.0"
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(request) == .rest)
        #expect(device.engine.images == [Self.image])
        #expect(device.engine.specifications.map(\.image) == [Self.image])
    }

    @Test("a download that is stopped by REMOVED or UNINSTALLED ends there, without FAILED (P26)")
    func interrupted() async throws {
        let ends: [(AppState, [AppState])] = [
            (.removed, [.downloading, .removed]), (.uninstalled, [.downloading, .removed, .uninstalled]),
        ]
        for (target, expected) in ends {
            let device = ModelDevice(registry: [Self.image])
            device.engine.hold(.pull)
            let lane = AppLane(.sample(.removed, target: .present), ports: device.ports)
            await lane.trustMemory()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await lane.run() }
                await device.engine.waitUntilHeld(.pull)
                _ = try? await lane.request(WantedApp(.sample(target)))
                await group.waitForAll()
            }
            #expect(device.store.reported == expected)
            #expect(device.store.apps.isEmpty)
            #expect(device.engine.images.isEmpty)
        }
    }

    @Test("a RUNNING request does not disturb a download; it is carried out afterwards (P18)")
    func keptGoing() async throws {
        let device = ModelDevice(registry: [Self.image])
        device.engine.hold(.pull)
        let lane = AppLane(.sample(.removed, target: .present), ports: device.ports)
        await lane.trustMemory()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await lane.run() }
            await device.engine.waitUntilHeld(.pull)
            _ = try await lane.request(WantedApp(.sample(.running)))
            await device.engine.release(.pull)
            try await lane.waitForFirstLook()
            await lane.stop()
            try await group.waitForAll()
        }
        #expect(device.store.reported == [.downloading, .present, .starting, .running])
        #expect(device.engine.changes.map(\.operation) == [.pull, .create, .start])
    }

    @Test("an image given by reference is pulled only when it is missing, and never untagged (P8)")
    func imageByReference() async throws {
        let reference = "docker.example/library/web:3"
        let device = ModelDevice(images: [reference])
        var request = AppRequest.sample(.running)
        request.image = reference
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(request) == .rest)
        #expect(device.engine.specifications.map(\.image) == [reference])
        request.target = .uninstalled
        #expect(try await driver.request(request) == .forgotten)
        #expect(device.engine.images == [reference])
    }

    @Test("a foreign registry gets the login of the request, never the device's secret")
    func foreignLogin() async throws {
        let reference = "docker.example/web:3"
        let device = ModelDevice(registry: [reference])
        var request = AppRequest.sample(.running)
        request.image = reference
        request.registryLogins = [RegistryLogin(registry: "docker.example", username: "u", password: "p")]
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(request) == .rest)
        #expect(
            device.engine.credentials == [
                RegistryCredentials(server: "docker.example", user: "u", password: "p")
            ])
        #expect(device.backend.calls.isEmpty)
    }

    @Test("T22: the stream of a pull breaks off as canceled: neither PRESENT nor FAILED; it is taken up again")
    func canceledByEngine() async throws {
        let device = ModelDevice(registry: [Self.image])
        device.engine.inject(EngineError(.canceled, "use of closed network connection"), on: .pull)
        var driver = await LaneDriver.verified(device, .sample(.removed, target: .removed))
        #expect(try await driver.request(.sample(.present), patience: .zero) == .waiting(.seconds(5)))
        #expect(device.store.reported == [.downloading])
        #expect(await driver.settle() == .rest)
        #expect(device.store.reported.last == .present)
    }

    @Test("a download that was cut before its proof of completion has failed (C-9)")
    func truncated() async throws {
        let device = ModelDevice(registry: [Self.image])
        device.engine.inject(EngineError(.truncated, "the stream ended early"), on: .pull)
        var driver = await LaneDriver.verified(device, .sample(.removed, target: .removed))
        #expect(try await driver.request(.sample(.present), patience: .zero) == .waiting(.seconds(5)))
        #expect(device.store.reported == [.downloading, .failed])
        let line = "Error: Error occured while trying to pull the image: the stream ended early"
        #expect(device.logs.lines(of: "prod_6_myapp").contains(line))
    }

    @Test("an app of which no version is known fails with a clear line, and nothing is pulled")
    func noVersion() async throws {
        let device = ModelDevice()
        var driver = LaneDriver(device, new: .sample(.present, version: ""))
        #expect(try await driver.request(.sample(.present, version: ""), patience: .zero) == .waiting(.seconds(5)))
        #expect(device.engine.changes.isEmpty)
        #expect(device.logs.lines(of: "prod_6_myapp").contains("Error: no version of the app is known"))
    }
}

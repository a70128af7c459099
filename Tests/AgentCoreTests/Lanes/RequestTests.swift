import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Testing
import Values

@testable import AgentCore

@Suite("Requests meet work")
struct RequestTests {
    private static let image = ModelDevice.image()
    private static let id = AppID(key: 6, stage: .prod)

    @Test("T79: a new environment is sent during a transition, which then reports a state: it is still stored (P11)")
    func environmentDuringTransition() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.hold(.start)
        let lane = AppLane(.sample(.present, target: .running), ports: device.ports)
        await lane.trustMemory()
        var request = AppRequest.sample(.running)
        request.environment = ["GREETING": ["value": "new"]]
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await lane.run() }
            await device.engine.waitUntilHeld(.start)
            _ = try await lane.request(WantedApp(request))
            await device.engine.release(.start)
            try await lane.waitForFirstLook()
            await lane.stop()
            try await group.waitForAll()
        }
        #expect(device.store.reported.contains(.running))
        #expect(device.store.apps[Self.id]?.wanted?.environment == request.environment)
    }

    @Test("T3, T8: a request that meets a transition is stored, answered and carried out after it (corrected by P18)")
    func storedDuringTransition() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.place(.sample(.running))
        device.engine.hold(.stop)
        let lane = AppLane(.sample(.running, target: .present), ports: device.ports)
        await lane.trustMemory()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await lane.run() }
            await device.engine.waitUntilHeld(.stop)
            let isTaken = try await lane.request(WantedApp(.sample(.running)))
            #expect(isTaken)
            #expect(device.store.apps[Self.id]?.wanted?.target == .running)
            await device.engine.release(.stop)
            try await lane.waitForFirstLook()
            await lane.stop()
            try await group.waitForAll()
        }
        #expect(device.store.reported.starts(with: [.stopping, .stopping, .present, .starting, .running]))
        #expect(await lane.app.installed.state == .running)
    }

    @Test("a request that cannot be stored is refused, and nothing is done")
    func notStored() async throws {
        let device = ModelDevice(images: [Self.image])
        device.store.inject(StoreError("disk is full"))
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        await #expect(throws: StoreError("disk is full")) {
            _ = try await driver.lane.request(WantedApp(.sample(.running)))
        }
        #expect(await driver.settle() == .rest)
        #expect(device.engine.changes.isEmpty)
    }

    @Test("the owner key 0 never overwrites, the epoch never falls, the instance key stays (P10, T54)")
    func merging() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        var first = AppRequest.sample(.present)
        first.deviceOwnerAccountKey = 711
        first.credentialEpoch = 3
        first.instanceKey = 9
        try await driver.request(first)
        var second = AppRequest.sample(.present)
        second.deviceOwnerAccountKey = 0
        second.credentialEpoch = 1
        try await driver.request(second)
        let wanted = try #require(device.store.apps[Self.id]?.wanted)
        #expect(wanted.deviceOwnerAccountKey == 711)
        #expect(wanted.credentialEpoch == 3)
        #expect(wanted.instanceKey == 9)
    }

    @Test("every request refreshes the credential files, and a failure of that stops nothing (2.1 step 6)")
    func credentialRefresh() async throws {
        let credential = AppCredential(authID: "app-6-prod-e1@S1", secret: "s")
        let device = ModelDevice(images: [Self.image], environment: ModelEnvironment(credential: credential))
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        try await driver.request(.sample(.present))
        #expect(device.files.credentials == [credential])
        device.files.inject(StoreError("read-only"))
        #expect(try await driver.request(.sample(.present)) == .rest)
        #expect(device.store.reported == [.present, .present])
    }

    @Test("compose, builds and unreachable targets: stored, said once, nothing touched")
    func limitations() async throws {
        var compose = AppRequest.sample(.running)
        compose.dockerCompose = [:]
        let requests = [compose, AppRequest.sample(.built, stage: .dev), AppRequest.sample(.built)]
        for request in requests {
            let device = ModelDevice(images: [Self.image])
            var driver = LaneDriver(device, new: request)
            #expect(try await driver.request(request) == .rest)
            #expect(device.store.apps.count == 1)
            #expect(device.engine.changes.isEmpty)
            let log = "\(request.stage.lowercased)_6_myapp"
            #expect(device.logs.lines(of: log).count == 1)
            await driver.lane.look()
            await driver.settle()
            #expect(device.logs.lines(of: log).count == 1)
        }
    }

    @Test("a wanted update is said, and the installed version runs (P23, P49)")
    func pendingUpdate() async throws {
        let device = ModelDevice(images: [Self.image])
        var request = AppRequest.sample(.running)
        request.requestUpdate = true
        request.newestVersion = "2.0.0"
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(request) == .rest)
        #expect(device.engine.specifications.map(\.image) == [Self.image])
        #expect(device.logs.lines(of: "prod_6_myapp").first?.contains("update") == true)
        request.target = .removed
        #expect(try await driver.request(request) == .forgotten)
        #expect(device.engine.changes.allSatisfy { $0.operation != .pull })
    }

    @Test("T55: rows go when the final target was reached: REMOVED wanted, not RUNNING, not UNINSTALLED (P28)")
    func rows() async throws {
        let removed = ModelDevice()
        var driver = await LaneDriver.verified(removed, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.removed)) == .forgotten)
        #expect(removed.store.apps.isEmpty)
        #expect(removed.store.pending[Self.id]?.state == .removed)

        let wantedAgain = ModelDevice(registry: [Self.image])
        driver = await LaneDriver.verified(wantedAgain, .sample(.present, target: .present))
        _ = try await driver.lane.request(WantedApp(.sample(.removed)))
        while await driver.step() == nil, driver.steps.last != .removeImages {}
        #expect(try await driver.request(.sample(.present)) == .rest)
        #expect(wantedAgain.store.reported == [.deleting, .removed, .downloading, .present])
        #expect(wantedAgain.store.apps.count == 1)

        let uninstalled = ModelDevice()
        driver = await LaneDriver.verified(uninstalled, .sample(.present, target: .present))
        _ = try await driver.lane.request(WantedApp(.sample(.uninstalled)))
        while await driver.step() == nil, driver.steps.last != .report(.removed) {}
        #expect(uninstalled.store.apps.count == 1)
        #expect(await driver.settle() == .forgotten)
        #expect(uninstalled.store.apps.isEmpty)
        #expect(uninstalled.store.pending[Self.id]?.state == .uninstalled)
    }

    @Test("data is not deleted for an app that is wanted again in the middle of its uninstall")
    func uninstallTakenBack() async throws {
        let device = ModelDevice(registry: [Self.image])
        _ = try await device.files.prepare(Self.id, name: "myapp")
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        _ = try await driver.lane.request(WantedApp(.sample(.uninstalled)))
        while await driver.step() == nil, driver.steps.last != .report(.removed) {}
        #expect(try await driver.request(.sample(.running)) == .rest)
        #expect(!device.files.directories.isEmpty)
        #expect(await driver.state == .running)
    }

    @Test("T5: update flag off though a newer version exists, or newest = installed: nothing pulled, no action")
    func noUpdate() async throws {
        for (isRequested, newest) in [(false, "2.0.0"), (true, "1.0.0")] {
            let device = ModelDevice(images: [Self.image])
            var request = AppRequest.sample(.present)
            request.requestUpdate = isRequested
            request.newestVersion = newest
            var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
            #expect(try await driver.request(request) == .rest)
            #expect(device.engine.calls.isEmpty && device.logs.lines(of: "prod_6_myapp").isEmpty)
        }
    }

    @Test("T6: pending update, UNINSTALLED requested: no update is started, nor spoken of")
    func uninstallWithPendingUpdate() async throws {
        let device = ModelDevice(images: [Self.image])
        var request = AppRequest.sample(.uninstalled)
        request.requestUpdate = true
        request.newestVersion = "2.0.0"
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(request) == .forgotten)
        #expect(device.engine.changes.allSatisfy { $0.operation != .pull })
        #expect(!device.logs.lines(of: "prod_6_myapp").contains { $0.contains("update") })
    }

    @Test("T36: a stage that is neither DEV nor PROD never becomes an app")
    func unknownStage() {
        #expect(throws: PayloadError.self) {
            try AppRequest(keywords: [
                "app_key": 6, "app_name": "myapp", "stage": "STAGING", "target_state": "RUNNING",
            ])
        }
    }

    @Test("a backend that forgets a compose app destroys nothing of it")
    func discardedCompose() async throws {
        let device = ModelDevice()
        var request = AppRequest.sample(.running)
        request.dockerCompose = ["services": ["web": ["image": "web"]]]
        var driver = LaneDriver(device, new: request)
        try await driver.request(request)
        await driver.lane.discard()
        #expect(await driver.settle() == .rest)
        #expect(device.store.apps.count == 1)
    }
}

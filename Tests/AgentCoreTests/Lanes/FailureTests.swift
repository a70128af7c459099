import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Testing
import Values

@testable import AgentCore

@Suite("Failures and the crash loop")
struct FailureTests {
    private static let image = ModelDevice.image()
    private static let log = "prod_6_myapp"

    @Test("T28: stop refused, look-up fails: error, never PRESENT", arguments: [ModelEngine.Operation.stop, .inspect])
    func stopFails(_ operation: ModelEngine.Operation) async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.place(.sample(.running))
        var driver = await LaneDriver.verified(device, .sample(.running, target: .running))
        device.engine.inject(EngineError(.refused, "not now"), on: operation, times: operation == .inspect ? 3 : 1)
        let end = try await driver.request(.sample(.present), patience: .zero)
        #expect(end == .waiting(.seconds(5)))
        #expect(!device.store.reported.contains(.present))
        #expect(device.engine.containers[Self.log]?.status == .running)
    }

    @Test("a refused stop is tried again after the delay, by force")
    func stopRetried() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.place(.sample(.running))
        var driver = await LaneDriver.verified(device, .sample(.running, target: .running))
        device.engine.inject(EngineError(.refused, "not now"), on: .stop)
        #expect(try await driver.request(.sample(.present)) == .rest)
        #expect(device.store.reported == [.stopping, .stopping, .failed, .present])
        #expect(device.engine.containers.isEmpty)
    }

    @Test("T29: remove without a container: only image removal; DELETING then REMOVED")
    func removeWithoutContainer() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.removed)) == .forgotten)
        #expect(device.engine.changes == [.init(.removeTag, Self.image)])
        #expect(device.store.reported == [.deleting, .removed])
    }

    @Test("T30: the removal reports that the container is not there: counts as removed")
    func removalOfMissing() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.place(.sample(.exited))
        device.engine.inject(EngineError(.containerNotFound, "no such container"), on: .remove)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.removed)) == .forgotten)
        #expect(device.store.reported == [.deleting, .removed])
    }

    @Test("T31: image removal fails: REMOVED and UNINSTALLED are reached all the same (corrected by P9)")
    func imageRemovalFails() async throws {
        for operation in [ModelEngine.Operation.tags, .removeTag] {
            let device = ModelDevice(images: [Self.image])
            device.engine.inject(EngineError(.conflict, "image is in use"), on: operation)
            var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
            #expect(try await driver.request(.sample(.uninstalled)) == .forgotten)
            #expect(device.store.reported == [.deleting, .removed, .uninstalled])
            #expect(device.engine.images == [Self.image])
            #expect(device.logs.lines(of: Self.log).contains { $0.contains("image is in use") })
        }
    }

    @Test("data that cannot be deleted: FAILED, the rows stay, and the uninstall is tried again")
    func dataStays() async throws {
        let device = ModelDevice()
        _ = try await device.files.prepare(AppID(key: 6, stage: .prod), name: "myapp")
        device.files.inject(StoreError("disk is read-only"))
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.uninstalled), patience: .zero) == .waiting(.seconds(5)))
        #expect(device.store.apps.count == 1)
        #expect(await driver.settle() == .forgotten)
        #expect(device.files.directories.isEmpty)
        #expect(device.store.reported.last == .uninstalled)
    }

    @Test("T70: target PRESENT arrives while a start is failing: the app ends PRESENT and is never started again (P13)")
    func stopDuringFailingStart() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.inject(EngineError(.refused, "cannot start"), on: .start)
        device.engine.hold(.start)
        let lane = AppLane(.sample(.present, target: .running), ports: device.ports)
        await lane.trustMemory()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await lane.run() }
            await device.engine.waitUntilHeld(.start)
            _ = try await lane.request(WantedApp(.sample(.present)))
            await device.engine.release(.start)
            try await lane.waitForFirstLook()
            await lane.stop()
            try await group.waitForAll()
        }
        #expect(await lane.app.installed.state == .present)
        #expect(device.engine.changes.filter { $0.operation == .start }.count == 1)
        #expect(device.engine.containers.isEmpty)
    }

    @Test("an app that exits: FAILED, its exit code and the waiting time in its log, then it is run again (4.3)")
    func crash() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.place(.sample(.running))
        var driver = LaneDriver(device, .sample(.running, target: .running))
        #expect(await driver.settle() == .rest)
        device.engine.crash(Self.log, exitCode: 3)
        await driver.lane.look()
        await driver.lane.distrustObservation()
        #expect(await driver.settle(patience: .zero) == .waiting(.seconds(5)))
        #expect(device.store.reported == [.failed])
        #expect(
            device.logs.lines(of: Self.log) == [
                "myapp (PROD) exited with status code: 3", "Entered a crashloop (1st attempt), retrying in 5s",
            ])
        #expect(await driver.settle() == .rest)
        #expect(device.store.reported == [.failed, .starting, .running])
    }

    @Test("delays grow with every failure in a row; ten stable minutes forgive them (P14)")
    func growth() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.setExitCode(1, of: Self.log)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running), patience: .zero) == .waiting(.seconds(5)))
        #expect(await driver.settle(patience: .seconds(19)) == .waiting(.seconds(20)))
        device.engine.setExitCode(nil, of: Self.log)
        #expect(await driver.settle(patience: .seconds(44)) == .rest)
        device.time.advance(by: .seconds(599))
        #expect(await crashAgain(&driver) == .waiting(.seconds(45)))
        #expect(await driver.settle(patience: .seconds(60)) == .rest)
        device.time.advance(by: .seconds(600))
        #expect(await crashAgain(&driver) == .waiting(.seconds(5)))
    }

    private func crashAgain(_ driver: inout LaneDriver) async -> LaneDriver.End {
        driver.device.engine.crash(Self.log, exitCode: 1)
        await driver.lane.look()
        await driver.lane.distrustObservation()
        return await driver.settle(patience: .zero)
    }

    @Test("a new request begins at once, whatever the crash loop waits for; the list of a connect does not (P62)")
    func requestClearsHistory() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.setExitCode(1, of: Self.log)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        try await driver.request(.sample(.running), patience: .zero)
        _ = try await driver.lane.request(WantedApp(.sample(.running)), origin: .sync)
        #expect(await driver.settle(patience: .zero) == .waiting(.seconds(5)))
        device.engine.setExitCode(nil, of: Self.log)
        #expect(try await driver.request(.sample(.running), patience: .zero) == .rest)
        #expect(await driver.state == .running)
    }

    @Test("an engine that is away fails nothing: the app goes on when it is back")
    func engineAway() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        device.engine.setAvailable(false)
        #expect(try await driver.request(.sample(.running), patience: .seconds(1)) == .waiting(.seconds(5)))
        #expect(device.store.reported.isEmpty)
        device.engine.setAvailable(true)
        await driver.lane.engineIsBack()
        #expect(await driver.settle(patience: .zero) == .rest)
        #expect(device.store.reported == [.starting, .running])
    }

    @Test("T66: a paused container keeps the app's state, and nothing is done to it (P6)")
    func paused() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.place(.sample(.paused))
        var driver = LaneDriver(device, .sample(.running, target: .running))
        #expect(await driver.settle() == .rest)
        #expect(await driver.state == .running)
        #expect(device.engine.changes.isEmpty)
    }

    @Test("a database that does not take a state costs no step (P19)")
    func storeFails() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        _ = try await driver.lane.request(WantedApp(.sample(.running)))
        device.store.inject(StoreError("disk is full"), times: 2)
        #expect(await driver.settle() == .rest)
        #expect(await driver.state == .running)
        #expect(device.engine.containers[Self.log]?.status == .running)
    }

    @Test("rows that cannot be deleted are deleted later")
    func forgetFails() async throws {
        let device = ModelDevice()
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        _ = try await driver.lane.request(WantedApp(.sample(.removed)))
        while await driver.step() == nil, driver.steps.last != .removeImages {}
        device.store.inject(StoreError("disk is full"))
        #expect(await driver.settle(patience: .zero) == .waiting(.seconds(5)))
        #expect(device.store.apps.count == 1)
        #expect(await driver.settle() == .forgotten)
        #expect(device.store.apps.isEmpty)
    }
}

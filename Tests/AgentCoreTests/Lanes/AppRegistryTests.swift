import AgentTestKit
import AsyncSupport
import AsyncTestKit
import DeviceProtocol
import Testing
import Values

@testable import AgentCore

@Suite("App registry")
struct AppRegistryTests {
    private static let image = ModelDevice.image()
    private static let id = AppID(key: 6, stage: .prod)
    private static let log = "prod_6_myapp"

    /// Registry, outbox and watcher at work, joined to the backend.
    private func withAgent(
        _ device: ModelDevice, _ body: (AppRegistry) async throws -> Void
    ) async throws {
        let registry = AppRegistry(ports: device.ports)
        let watcher = EngineWatcher(
            feed: device.engine, registry: registry, time: device.time, logger: device.ports.logger)
        try await registry.boot()
        await device.outbox.joined(device.backend)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await registry.run() }
            group.addTask { await device.outbox.run() }
            group.addTask { await watcher.run() }
            try await registry.booted.wait()
            try await body(registry)
            await registry.stop()
            group.cancelAll()
        }
    }

    @Test("boot corrects states locally, and the targets follow: an app that ran before a reboot runs again (4.5, 6.1)")
    func boot() async throws {
        let device = ModelDevice([.sample(.running, target: .running)], images: [Self.image])
        device.engine.place(.sample(.exited, exitCode: 137))
        try await withAgent(device) { _ in await device.backend.waitForState(.running) }
        #expect(device.store.recorded == [.failed, .starting, .running])
        #expect(device.backend.states == [.starting, .running])
        #expect(!device.logs.lines(of: Self.log).contains { $0.contains("crashloop") })
    }

    @Test("T64: empty database, running app containers: they keep running (P4)")
    func emptyDatabase() async throws {
        let device = ModelDevice()
        device.engine.place(.sample(.running))
        try await withAgent(device) { registry in await registry.wakeAll() }
        #expect(device.engine.changes.isEmpty)
        #expect(device.engine.containers[Self.log]?.status == .running)
    }

    @Test("boot without an engine: booted all the same, and the app is looked at when the engine is there")
    func bootWithoutEngine() async throws {
        let device = ModelDevice([.sample(.present, target: .running)], images: [Self.image])
        device.engine.setAvailable(false)
        try await withAgent(device) { _ in
            #expect(device.store.recorded.isEmpty)
            device.engine.setAvailable(true)
            device.time.advance(by: .seconds(5))
            await device.backend.waitForState(.running)
        }
        #expect(device.backend.states == [.starting, .running])
    }

    @Test("T72: the backend connection is lost: a running app is stopped, and reported after the reconnect (P19)")
    func stopWhileOffline() async throws {
        let device = ModelDevice([.sample(.running, target: .running)], images: [Self.image])
        device.engine.place(.sample(.running))
        try await withAgent(device) { registry in
            await device.outbox.left()
            device.backend.setConnected(false)
            try await registry.handle(.sample(.present))
            // This line comes after the report has gone to the outbox; the state is known before.
            while !device.logs.lines(of: Self.log).contains("Successfully stopped myapp") { await Task.yield() }
            #expect(device.engine.containers.isEmpty)
            #expect(device.backend.states.isEmpty)
            device.backend.setConnected(true)
            await device.outbox.joined(device.backend)
            await device.backend.waitForState(.present)
        }
        #expect(device.backend.states == [.present])
    }

    @Test("T74: the engine restarts; an app that crashes later is noticed within seconds (P24)")
    func engineRestarts() async throws {
        let device = ModelDevice([.sample(.running, target: .running)], images: [Self.image])
        device.engine.place(.sample(.running))
        try await withAgent(device) { _ in
            while !device.engine.calls.contains(.init(.watch)) { await Task.yield() }
            device.engine.setAvailable(false)
            device.engine.setAvailable(true)
            let before = device.engine.calls.filter { $0 == .init(.watch) }.count
            while device.engine.calls.filter({ $0 == .init(.watch) }).count == before {
                device.time.advance(by: .seconds(1))
                await Task.yield()
            }
            while device.engine.calls.last?.operation == .watch { await Task.yield() }
            device.engine.crash(Self.log, exitCode: 9)
            await device.backend.waitForState(.failed)
        }
        #expect(device.logs.lines(of: Self.log).contains("myapp (PROD) exited with status code: 9"))
    }

    @Test("a request makes an app that the device did not know; the answer comes when it is stored")
    func newApp() async throws {
        let device = ModelDevice(registry: [Self.image])
        try await withAgent(device) { registry in
            try await registry.handle(.sample(.running))
            #expect(device.store.apps[Self.id]?.wanted?.target == .running)
            await device.backend.waitForState(.running)
        }
        #expect(device.backend.states == [.starting, .downloading, .present, .running])
    }

    @Test("T62: a request without a usable name is rejected and nothing is deleted (P2)")
    func badNames() async throws {
        let device = ModelDevice([.sample(.present, target: .present)])
        try await withAgent(device) { registry in
            for name in ["", "..", ".", "a/b", "../x"] {
                await #expect(throws: RequestError.self) {
                    try await registry.handle(.sample(.uninstalled, name: name))
                }
            }
            await #expect(throws: RequestError.self) { try await registry.handle(.sample(.stopped)) }
        }
        #expect(device.store.apps.count == 1)
    }

    @Test("T57: the list creates PROD apps only; a DEV row is neither created nor overwritten (6.4)")
    func bulk() async throws {
        let device = ModelDevice(images: [Self.image])
        try await withAgent(device) { registry in
            try await registry.applyBulk([.sample(.present, key: 9, stage: .dev), .sample(.running)])
            await device.backend.waitForState(.running)
        }
        #expect(Set(device.store.apps.keys) == [Self.id])
    }

    @Test("a row that cannot be taken stops no other row (P29)")
    func bulkWithBadRow() async throws {
        let device = ModelDevice(images: [Self.image])
        try await withAgent(device) { registry in
            try await registry.applyBulk([.sample(.running, key: 9, name: ".."), .sample(.running)])
            await device.backend.waitForState(.running)
        }
        #expect(Set(device.store.apps.keys) == [Self.id])
    }

    @Test("rows that the database does not take are an error of the whole list; the others are taken")
    func bulkOnFullDisk() async throws {
        let device = ModelDevice(images: [ModelDevice.image(7, name: "other")])
        try await withAgent(device) { registry in
            device.store.inject(StoreError("the disk is full"))
            let error = await #expect(throws: RequestError.self) {
                try await registry.applyBulk([.sample(.running), .sample(.running, key: 7, name: "other")])
            }
            #expect(error == RequestError(.storage, "the request could not be stored: the disk is full"))
            await device.backend.waitForState(.running)
            // No orphan: it is wanted, only not stored yet (P4).
            #expect(await registry.ids.contains(Self.id))
        }
        #expect(Set(device.store.apps.keys) == [AppID(key: 7, stage: .prod)])
    }

    @Test("as long as the rows cannot be read no request is taken; they are taken up when they can")
    func unreadRows() async throws {
        let device = ModelDevice([.sample(.running, target: .running)], images: [Self.image])
        device.store.failReading(with: StoreError("the disk is full"))
        let registry = AppRegistry(ports: device.ports)
        await #expect(throws: StoreError.self) { try await registry.boot() }
        #expect(await !registry.isComplete)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await registry.run() }
            // The device connects all the same.
            try await registry.booted.wait()
            let error = await #expect(throws: RequestError.self) { try await registry.handle(.sample(.removed)) }
            #expect(
                error?.message == "the apps on record cannot be read, no request is taken: the disk is full")
            device.store.failReading(with: nil)
            try await registry.boot()
            #expect(await registry.isComplete)
            while device.engine.containers.isEmpty { await Task.yield() }
            try await registry.handle(.sample(.present))
            await registry.stop()
        }
        #expect(device.store.apps[Self.id]?.wanted?.target == .present)
    }

    @Test("a forgotten app loses container and rows, keeps data and images, and reports nothing (P51)")
    func forget() async throws {
        let device = ModelDevice([.sample(.running, target: .running)], images: [Self.image])
        device.engine.place(.sample(.running))
        _ = try await device.files.prepare(Self.id, name: "myapp")
        try await withAgent(device) { registry in
            await registry.forget([Self.id, AppID(key: 99, stage: .prod)])
            while await registry.app(Self.id) != nil { await Task.yield() }
        }
        #expect(device.store.apps.isEmpty && device.engine.containers.isEmpty)
        #expect(device.engine.images == [Self.image] && !device.files.directories.isEmpty)
        #expect(device.backend.states.isEmpty)
    }

    @Test("after a connect every app reports its state once, but those that the outbox covers (4.5)")
    func reportStates() async throws {
        let device = ModelDevice(
            [.sample(.present, target: .present), .sample(.present, target: .present, key: 7, name: "other")],
            images: [Self.image, ModelDevice.image(7, name: "other")])
        try await withAgent(device) { registry in
            // One app: nothing to be apart from, so no time passes.
            try await registry.reportStates(skipping: [AppID(key: 7, stage: .prod)])
            #expect(device.backend.states == [.present], "the backend has it when this returns")
        }
        #expect(device.backend.reports.map(\.appKey) == [6])
        #expect(device.backend.states == [.present])
    }

    @Test(
        "reports after a connect are 100 ms apart, the first comes at once and nothing is waited for after the last (4.5)"
    )
    func reportsApart() async throws {
        let device = ModelDevice(
            [.sample(.present, target: .present), .sample(.present, target: .present, key: 7, name: "other")],
            images: [Self.image, ModelDevice.image(7, name: "other")])
        try await withAgent(device) { registry in
            async let done: Void = registry.reportStates(skipping: [])
            await device.backend.waitForStates(count: 1)
            await device.time.waitForSleepers(count: 2)
            #expect(device.backend.reports.map(\.appKey) == [6])
            device.time.advance(by: .milliseconds(100))
            await device.backend.waitForStates(count: 2)
            try await done
        }
        #expect(device.backend.reports.map(\.appKey) == [6, 7])
    }

    @Test("apps that are where they should be are driven on without a pause (P62)")
    func redriveSettled() async throws {
        let device = ModelDevice(
            [.sample(.present, target: .present), .sample(.present, target: .present, key: 7, name: "other")],
            images: [Self.image, ModelDevice.image(7, name: "other")])
        try await withAgent(device) { registry in
            // Would not return: nobody moves the time.
            try await registry.redrive()
        }
        #expect(device.backend.states.isEmpty)
    }

    @Test("one app that hangs keeps no other app from working")
    func independence() async throws {
        let device = ModelDevice(
            images: [ModelDevice.image(7, name: "other")], registry: [Self.image])
        device.engine.hold(.pull)
        try await withAgent(device) { registry in
            try await registry.handle(.sample(.running))
            await device.engine.waitUntilHeld(.pull)
            try await registry.handle(.sample(.running, key: 7, name: "other"))
            while await registry.app(AppID(key: 7, stage: .prod))?.installed.state != .running { await Task.yield() }
            #expect(await registry.app(Self.id)?.installed.state == .downloading)
        }
    }

    @Test("an app that was uninstalled can be installed again at once")
    func reinstall() async throws {
        let device = ModelDevice([.sample(.present, target: .present)], images: [Self.image], registry: [Self.image])
        try await withAgent(device) { registry in
            try await registry.handle(.sample(.uninstalled))
            await device.backend.waitForState(.uninstalled)
            try await registry.handle(.sample(.running))
            await device.backend.waitForState(.running)
        }
        #expect(device.store.apps[Self.id]?.installed.state == .running)
    }
}

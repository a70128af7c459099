import AgentCore
import AgentTestKit
import DeviceProtocol
import Testing

/// The sequences of app-lifecycle.md 2.3 for single-container PROD apps.
@Suite("Published states")
struct PublishedStatesTests {
    private static let image = ModelDevice.image()

    @Test("T16: image present, no container: create, start, wait; STARTING then RUNNING; RUNNING stored")
    func run() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running)) == .rest)
        #expect(device.store.reported == [.starting, .running])
        #expect(device.engine.changes.map(\.operation) == [.create, .start])
        let id = AppID(key: 6, stage: .prod)
        #expect(device.store.apps[id]?.installed.state == .running)
        #expect(device.logs.lines(of: "prod_6_myapp") == ["Starting myapp...", "Now running app myapp (1.0.0)"])
        #expect(device.logs.followed == ["prod_6_myapp"])
    }

    @Test("run with the image missing: STARTING, DOWNLOADING, PRESENT, RUNNING")
    func runWithDownload() async throws {
        let device = ModelDevice(registry: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running)) == .rest)
        #expect(device.store.reported == [.starting, .downloading, .present, .running])
        #expect(
            device.logs.lines(of: "prod_6_myapp") == [
                "Starting myapp...", "LOGGER_CLEAR", "Initialising download for the app: myapp...",
                "{\"status\":\"Pulling\"}", "Succesfully installed the app: myapp (Version: 1.0.0)",
                "Now running app myapp (1.0.0)",
            ])
    }

    @Test("pull: DOWNLOADING after the registry accepted, then PRESENT", arguments: [AppState.removed, .uninstalled])
    func pull(from state: AppState) async throws {
        let device = ModelDevice(registry: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(state, target: state))
        #expect(try await driver.request(.sample(.present)) == .rest)
        #expect(device.store.reported == [.downloading, .present])
        #expect(device.engine.changes.map(\.operation) == [.pull])
    }

    @Test("stop: STOPPING, STOPPING, PRESENT, and the container is gone")
    func stop() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.place(.sample(.running))
        var driver = await LaneDriver.verified(device, .sample(.running, target: .running))
        #expect(try await driver.request(.sample(.present)) == .rest)
        #expect(device.store.reported == [.stopping, .stopping, .present])
        #expect(device.engine.changes.map(\.operation) == [.stop, .remove])
        #expect(device.engine.containers.isEmpty)
        #expect(
            device.logs.lines(of: "prod_6_myapp") == ["Received stop signal for myapp", "Successfully stopped myapp"])
    }

    @Test("stop of an app whose container is gone already: it is stopped, not FAILED (P47)")
    func stopWithoutContainer() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.running, target: .running))
        #expect(try await driver.request(.sample(.present)) == .rest)
        #expect(device.store.reported == [.stopping, .stopping, .present])
        #expect(device.engine.changes.isEmpty)
    }

    @Test("remove: DELETING, REMOVED; data stays")
    func remove() async throws {
        let device = ModelDevice(images: [Self.image, ModelDevice.image(version: "0.9.0")])
        device.engine.place(.sample(.running))
        _ = try await device.files.prepare(AppID(key: 6, stage: .prod), name: "myapp")
        var driver = await LaneDriver.verified(device, .sample(.running, target: .running))
        #expect(try await driver.request(.sample(.removed)) == .forgotten)
        #expect(device.store.reported == [.deleting, .removed])
        #expect(device.engine.containers.isEmpty && device.engine.images.isEmpty)
        #expect(!device.files.directories.isEmpty)
        #expect(
            device.logs.lines(of: "prod_6_myapp") == [
                "Starting removal process for myapp...", "Successfully removed myapp!",
            ])
    }

    @Test("uninstall: DELETING, REMOVED, UNINSTALLED; data goes", arguments: [AppState.running, .removed, .failed])
    func uninstall(from state: AppState) async throws {
        let device = ModelDevice(images: [Self.image])
        _ = try await device.files.prepare(AppID(key: 6, stage: .prod), name: "myapp")
        var driver = await LaneDriver.verified(device, .sample(state, target: .running))
        #expect(try await driver.request(.sample(.uninstalled)) == .forgotten)
        #expect(device.store.reported == [.deleting, .removed, .uninstalled])
        #expect(device.files.directories.isEmpty)
        #expect(device.store.apps.isEmpty)
    }

    @Test("T2: PRESENT app, target PRESENT: no action, no Docker call at all; the state is reported once more")
    func noOperation() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.present)) == .rest)
        #expect(device.engine.calls.isEmpty)
        #expect(device.store.reported == [.present])
    }

    @Test("T33: FAILED, target PRESENT: with the image present PRESENT without a pull, else a pull")
    func recoverToPresent() async throws {
        let present = ModelDevice(images: [Self.image])
        present.engine.place(.sample(.exited, exitCode: 1))
        var driver = await LaneDriver.verified(present, .sample(.failed, target: .running))
        #expect(try await driver.request(.sample(.present)) == .rest)
        #expect(present.store.reported == [.present])
        #expect(present.engine.changes.map(\.operation) == [.remove])

        let absent = ModelDevice(registry: [Self.image])
        driver = await LaneDriver.verified(absent, .sample(.failed, target: .running))
        #expect(try await driver.request(.sample(.present)) == .rest)
        #expect(absent.store.reported == [.downloading, .present])
    }

    @Test("T33: FAILED, target PRESENT, looking for the image fails: error")
    func recoverToPresentWithoutListing() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.failed, target: .running))
        device.engine.inject(EngineError(.refused, "no list"), on: .contains, times: 2)
        let end = try await driver.request(.sample(.present), patience: .seconds(4))
        #expect(end != .rest)
        #expect(!device.store.reported.contains(.present))
    }

    @Test("T34: FAILED, target RUNNING: the old container is removed by name first, then run")
    func recoverToRunning() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.place(.sample(.exited, exitCode: 1))
        var driver = await LaneDriver.verified(device, .sample(.failed, target: .present))
        #expect(try await driver.request(.sample(.running)) == .rest)
        #expect(device.engine.changes.map(\.operation) == [.remove, .create, .start])
        #expect(device.store.reported == [.starting, .running])
    }
}

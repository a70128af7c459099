import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Testing
import Values

@testable import AgentCore

@Suite("DEV apps")
struct DevelopmentAppTests {
    /// No tag: the engine takes `latest` (app-lifecycle.md 1.1).
    private static let image = "registry.example/main/dev_amd64_6_myapp"
    private static let container = "dev_6_myapp"

    private static func device(images: Set<String> = [image]) -> ModelDevice { ModelDevice(images: images) }

    private static func app(_ state: AppState) -> StoredApp {
        let wanted = WantedApp(AppRequest.sample(state, stage: .dev, currentState: state))
        var installed = InstalledApp(new: wanted)
        installed.state = state
        return StoredApp(installed: installed, wanted: wanted)
    }

    private static func stale(_ status: ContainerSnapshot.Status) -> ContainerSnapshot {
        ContainerSnapshot(
            id: "old", name: container, status: status, image: image,
            labels: AppLabels.labels(of: AppID(key: 6, stage: .dev), name: "myapp", serial: "S1"))
    }

    @Test("run: STARTING, RUNNING, with a terminal attached and the image without a tag (2.3, 3.4)")
    func run() async throws {
        let device = Self.device()
        var driver = await LaneDriver.verified(device, Self.app(.present))
        #expect(try await driver.request(.sample(.running, stage: .dev)) == .rest)
        #expect(device.store.reported == [.starting, .running])
        let specification = try #require(device.engine.specifications.first)
        #expect(specification.image == Self.image && specification.isInteractive)
    }

    @Test(
        "T21: a stale DEV container is removed before a new one is created",
        arguments: [.created, .exited, .running] as [ContainerSnapshot.Status])
    func staleContainer(_ status: ContainerSnapshot.Status) async throws {
        let device = Self.device()
        device.engine.place(Self.stale(status))
        var driver = await LaneDriver.verified(device, Self.app(.starting))
        #expect(try await driver.request(.sample(.running, stage: .dev)) == .rest)
        #expect(device.engine.changes == [.init(.remove, "old"), .init(.create, Self.container), .init(.start, "c1")])
    }

    @Test("stop publishes STOPPING once (2.3)")
    func stop() async throws {
        let device = Self.device()
        device.engine.place(Self.stale(.running))
        var driver = await LaneDriver.verified(device, Self.app(.running))
        #expect(try await driver.request(.sample(.present, stage: .dev)) == .rest)
        #expect(device.store.reported == [.stopping, .present])
        #expect(device.engine.containers.isEmpty)
        #expect(device.logs.lines(of: Self.container).contains { $0.hasPrefix("Received stop signal") })
    }

    @Test(
        "remove and uninstall go as for PROD (2.3)",
        arguments: [
            (AppState.removed, [AppState.deleting, .removed]), (.uninstalled, [.deleting, .removed, .uninstalled]),
        ])
    func remove(_ target: AppState, _ reported: [AppState]) async throws {
        let device = Self.device()
        device.engine.place(Self.stale(.running))
        var driver = await LaneDriver.verified(device, Self.app(.running))
        #expect(try await driver.request(.sample(target, stage: .dev)) == .forgotten)
        #expect(device.store.reported == reported)
        #expect(device.engine.containers.isEmpty)
    }

    @Test("T27: DEV pull: a clear error, FAILED, no engine call that changes anything (pull part)")
    func pull() async throws {
        let device = Self.device(images: [])
        var driver = await LaneDriver.verified(device, Self.app(.uninstalled))
        #expect(try await driver.request(.sample(.present, stage: .dev)) == .rest)
        #expect(device.store.reported == [.failed])
        #expect(device.engine.changes.isEmpty)
        #expect(device.logs.lines(of: Self.container).contains { $0.contains("has to be built") })
    }

    @Test("an app that fails stays FAILED until somebody asks again: DEV apps never enter the crash loop (2.9)")
    func noCrashLoop() async throws {
        let device = Self.device()
        device.engine.place(Self.stale(.running))
        var driver = await LaneDriver.verified(device, Self.app(.running))
        device.engine.crash(Self.container, exitCode: 3)
        await driver.lane.look()
        #expect(await driver.settle(patience: .seconds(100_000)) == .rest)
        #expect(device.store.reported == [.failed])
        #expect(!device.logs.lines(of: Self.container).contains { $0.contains("crashloop") })
        #expect(try await driver.request(.sample(.running, stage: .dev)) == .rest)
        #expect(device.store.reported == [.failed, .starting, .running])
    }

    @Test(
        "T33: FAILED, target PRESENT: with an image PRESENT, without one FAILED again and at rest",
        arguments: [true, false])
    func recover(hasImage: Bool) async throws {
        let device = Self.device(images: hasImage ? [Self.image] : [])
        device.engine.place(Self.stale(.exited))
        var driver = await LaneDriver.verified(device, Self.app(.failed))
        #expect(try await driver.request(.sample(.present, stage: .dev)) == .rest)
        #expect(device.store.reported.last == (hasImage ? .present : .failed))
        #expect(device.engine.containers.isEmpty)
    }

    @Test("privileges that an app asks for reach its container, and none means all (P36)")
    func privileges() async throws {
        let device = Self.device()
        var driver = await LaneDriver.verified(device, Self.app(.present))
        var request = AppRequest.sample(.running, stage: .dev)
        request.privileges = ContainerPrivileges(capabilities: ["NET_ADMIN"], devices: ["/dev/ttyS0"])
        try await driver.request(request)
        #expect(device.engine.specifications.last?.privileges == request.privileges)
        request.target = .present
        try await driver.request(request)
        request.target = .running
        request.privileges = nil
        try await driver.request(request)
        #expect(device.engine.specifications.count == 2)
        #expect(device.engine.specifications.last?.privileges == nil)
    }
}

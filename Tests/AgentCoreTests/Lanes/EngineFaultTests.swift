import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Logging
import Synchronization
import Testing

@testable import AgentCore

@Suite("Apps and an engine that misbehaves")
struct EngineFaultTests {
    private static let image = ModelDevice.image()
    private static let log = "prod_6_myapp"

    @Test(
        "a step that gets no answer is looked at and done again: the app comes up, nothing has failed",
        arguments: [ModelEngine.Operation.inspect, .create, .start], [EngineError.Code.timedOut, .truncated])
    func unanswered(_ operation: ModelEngine.Operation, _ code: EngineError.Code) async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        device.engine.inject(EngineError(code, "the engine did not answer in time"), on: operation, times: 2)
        #expect(try await driver.request(.sample(.running)) == .rest)
        #expect(device.store.reported == [.starting, .running])
        #expect(device.engine.containers[Self.log]?.status == .running)
    }

    @Test("a step that is never answered fails with its sentence after three attempts, and the crash loop goes on")
    func neverAnswered() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        device.engine.inject(EngineError(.timedOut, "the engine did not answer in time"), on: .create, times: 3)
        #expect(try await driver.request(.sample(.running), patience: .seconds(5)) == .rest)
        #expect(device.store.reported == [.starting, .failed, .starting, .running])
        let sentence = "the container could not be created: the engine did not answer in time"
        #expect(
            device.logs.lines(of: Self.log).filter { $0.contains("did not answer") } == [
                "\(sentence); it is tried again", "\(sentence); it is tried again", "Error: \(sentence)",
            ])
    }

    @Test(
        "an answer that makes no sense fails the start with a sentence and is tried again",
        arguments: [
            EngineError(.refused, "the engine answered status 500 without a message"),
            EngineError(.refused, "the engine's answer is not JSON"), EngineError(.conflict, "not now"),
        ])
    func refused(_ error: EngineError) async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        device.engine.inject(error, on: .start)
        #expect(try await driver.request(.sample(.running)) == .rest)
        #expect(device.store.reported == [.starting, .failed, .starting, .running])
        #expect(
            device.logs.lines(of: Self.log).contains("Error: the container could not be started: \(error.message)"))
    }

    @Test("an engine that hangs for an hour: one line in the log per app, bounded questions, and it goes on by itself")
    func hanging() async throws {
        let lines = Mutex<[String]>([])
        let device = ModelDevice(
            [.sample(.running, target: .running)], images: [Self.image],
            logger: Logger(label: "kept") { _ in KeepingHandler { line in lines.withLock { $0.append(line) } } })
        device.engine.inject(
            EngineError(.timedOut, "the engine did not answer in time"), on: .inspect, times: 720)
        var driver = LaneDriver(device, .sample(.running, target: .running))
        let start = device.time.monotonic
        while await driver.step() == nil {}
        #expect(device.time.monotonic - start >= .seconds(3600))
        #expect(device.engine.calls.filter { $0.operation == .inspect }.count <= 730)
        #expect(lines.withLock { $0 } == ["look failed"])
        #expect(await driver.state == .running)
        #expect(device.engine.containers[Self.log]?.status == .running)
        #expect(!device.store.reported.contains(.failed))
    }

    // MARK: - What people do to containers by hand

    private func running() async -> LaneDriver {
        let device = ModelDevice(images: [Self.image])
        device.engine.place(.sample(.running))
        var driver = LaneDriver(device, .sample(.running, target: .running))
        await driver.settle()
        return driver
    }

    private func look(_ driver: inout LaneDriver) async {
        await driver.lane.look()
        await driver.lane.distrustObservation()
        await driver.settle()
    }

    @Test("a paused container: the app stays RUNNING, its log says why nothing moves, once (P6)")
    func paused() async throws {
        var driver = await running()
        driver.device.engine.setStatus(.paused, of: Self.log)
        for _ in 0..<3 { await look(&driver) }
        let sentence =
            "myapp: the container is paused; the agent leaves it so until somebody resumes it or asks for another state"
        #expect(driver.device.logs.lines(of: Self.log).filter { $0 == sentence }.count == 1)
        #expect(driver.device.store.reported.isEmpty && driver.device.engine.changes.isEmpty)
        driver.device.engine.setStatus(.running, of: Self.log)
        await look(&driver)
        driver.device.engine.setStatus(.paused, of: Self.log)
        await look(&driver)
        #expect(driver.device.logs.lines(of: Self.log).filter { $0 == sentence }.count == 2)
        #expect(await driver.state == .running)
    }

    @Test("a restart policy given by hand: the loop is told and the container is made anew without it (1.5, 4.3)")
    func restarting() async throws {
        var driver = await running()
        driver.device.engine.setStatus(.restarting, of: Self.log)
        await look(&driver)
        #expect(driver.device.store.reported == [.failed, .starting, .running])
        #expect(
            driver.device.logs.lines(of: Self.log).first
                == "Error: the engine restarts the container again and again: its restart policy was changed")
        #expect(driver.device.engine.containers[Self.log]?.id == "c1")
    }

    @Test("a container that was removed or renamed by hand: a line says so, PRESENT, and a new one is started")
    func removed() async throws {
        var driver = await running()
        try await driver.device.engine.remove("old")
        await look(&driver)
        #expect(driver.device.store.reported == [.present, .starting, .running])
        #expect(
            driver.device.logs.lines(of: Self.log).contains(
                "The container of myapp is gone: somebody has removed or renamed it"))
    }

    @Test("a container that was killed by hand: FAILED with its exit code, then it runs again")
    func killed() async throws {
        var driver = await running()
        driver.device.engine.crash(Self.log, exitCode: 137)
        await look(&driver)
        #expect(driver.device.store.reported == [.failed, .starting, .running])
        #expect(driver.device.logs.lines(of: Self.log).first == "myapp (PROD) exited with status code: 137")
    }

    // MARK: - Foreign containers

    @Test(
        "a foreign container with the app's name is never touched: the app fails with a sentence (P3, P48)",
        arguments: [AppState.running, .present, .removed, .uninstalled],
        [
            [:], ["com.docker.compose.project": "shop"],
            AppLabels.labels(of: AppID(key: 6, stage: .prod), name: "myapp", serial: "S2"),
            AppLabels.labels(of: AppID(key: 7, stage: .prod), name: "myapp", serial: "S1"),
            ["io.reagent.app": "6", "real": "True"],
        ])
    func occupiedName(_ target: AppState, _ labels: [String: String]) async throws {
        let device = ModelDevice(images: [Self.image], registry: [Self.image])
        var foreign = ContainerSnapshot.sample(.running, id: "foreign")
        foreign.labels = labels
        device.engine.place(foreign)
        var driver = await LaneDriver.verified(device, .sample(.failed, target: .failed))
        try await driver.request(.sample(target), patience: .seconds(1))
        #expect(device.engine.containers == [Self.log: foreign])
        #expect(device.engine.changes.allSatisfy { [.pull, .removeTag].contains($0.operation) })
        guard target == .running else { return }
        #expect(device.store.reported.last == .failed)
        #expect(
            device.logs.lines(of: Self.log).contains(
                "Error: a container that is not the agent's has the app's container name"))
    }

    // MARK: - A database that takes nothing for a while

    @Test("a state that the full disk did not take is stored with the next look after there is space")
    func unrecorded() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        _ = try await driver.lane.request(WantedApp(.sample(.running)))
        device.store.inject(StoreError("the disk is full"), times: 100)
        #expect(await driver.settle() == .rest)
        #expect(device.engine.containers[Self.log]?.status == .running)
        #expect(device.store.apps[driver.lane.id]?.installed.state != .running)
        device.store.forgetErrors()
        await look(&driver)
        #expect(device.store.apps[driver.lane.id]?.installed.state == .running)
    }
}

/// Keeps what is logged.
private struct KeepingHandler: LogHandler {
    let keep: @Sendable (String) -> Void
    var logLevel: Logger.Level = .debug
    var metadata: Logger.Metadata = [:]

    init(keep: @escaping @Sendable (String) -> Void) { self.keep = keep }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { keep(event.message.description) }
}

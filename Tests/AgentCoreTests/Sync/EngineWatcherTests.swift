import AgentCore
import AgentTestKit
import AsyncSupport
import AsyncTestKit
import DeviceProtocol
import Logging
import Synchronization
import Testing
import Values

@Suite("Engine watcher")
struct EngineWatcherTests {
    private func withWatcher(
        _ device: ModelDevice, _ body: (AppRegistry, EngineWatcher) async throws -> Void
    ) async throws {
        let registry = AppRegistry(ports: device.ports)
        let watcher = EngineWatcher(
            feed: device.engine, registry: registry, time: device.time, logger: device.ports.logger)
        try await registry.boot()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await registry.run() }
            group.addTask { await watcher.run() }
            try await body(registry, watcher)
            await registry.stop()
            group.cancelAll()
        }
    }

    private func pings(_ device: ModelDevice) -> Int {
        device.engine.calls.filter { $0.operation == .ping }.count
    }

    @Test("the engine is asked again after 1, 2, 4 and then every 5 s, until it answers")
    func backoff() async throws {
        let device = ModelDevice()
        device.engine.setAvailable(false)
        try await withWatcher(device) { _, watcher in
            for (count, delay) in [1, 2, 4, 5, 5].enumerated() {
                // The other sleeper is the slow look.
                await device.time.waitForSleepers(count: 2)
                #expect(pings(device) == count + 1)
                device.time.advance(by: .seconds(delay) - .milliseconds(1))
                #expect(pings(device) == count + 1)
                device.time.advance(by: .milliseconds(1))
                while pings(device) == count + 1 { await Task.yield() }
            }
            device.engine.setAvailable(true)
            await device.time.waitForSleepers(count: 2)
            device.time.advance(by: .seconds(5))
            try await watcher.waitUntilAvailable()
        }
        #expect(device.engine.calls.contains(.init(.watch)))
    }

    @Test("S59: 60 s without an engine, with an app that should run: at most 5 lines in the log (S-28)")
    func quiet() async throws {
        let lines = Mutex(0)
        let device = ModelDevice(
            [.sample(.running, target: .running)], images: [ModelDevice.image()],
            logger: Logger(label: "counted") { _ in CountingHandler { lines.withLock { $0 += 1 } } })
        device.engine.setAvailable(false)
        try await withWatcher(device) { registry, _ in
            try await registry.booted.wait()
            for _ in 0..<120 {
                // Watcher, slow look and lane: with fewer, the time would run ahead of one that is still at work.
                await device.time.waitForSleepers(count: 3)
                device.time.advance(by: .milliseconds(500))
            }
            #expect(pings(device) >= 12)
        }
        #expect((1...5).contains(lines.withLock { $0 }), "\(lines.withLock { $0 }) lines")
    }

    /// Lets so many seconds pass while the watcher waits between two attempts; the other sleeper is the slow look.
    private func pass(_ seconds: Int, on device: ModelDevice) async {
        for _ in 0..<seconds {
            await device.time.waitForSleepers(count: 2)
            device.time.advance(by: .seconds(1))
        }
    }

    @Test("an engine that answers a ping with an error is none: said once, asked every 5 s, found when it is well")
    func sickEngine() async throws {
        let lines = Mutex(0)
        let device = ModelDevice(
            logger: Logger(label: "counted") { _ in CountingHandler { lines.withLock { $0 += 1 } } })
        device.engine.inject(
            EngineError(.refused, "the engine answered status 500 without a message"), on: .ping, times: 20)
        try await withWatcher(device) { _, watcher in
            let isWell = Gate()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    try? await watcher.waitUntilAvailable()
                    await isWell.open()
                }
                while !isWell.isOpen {
                    await Task.yield()
                    device.time.advance(by: .milliseconds(10))
                }
            }
            #expect(device.time.monotonic >= .seconds(90), "no spinning")
        }
        #expect(pings(device) == 21)
        #expect((1...3).contains(lines.withLock { $0 }), "\(lines.withLock { $0 }) lines")
    }

    @Test("events that end at once for ten minutes: at most one subscription in 5 s, and apps are looked at")
    func restlessEvents() async throws {
        let device = ModelDevice([.sample(.running, target: .running)], images: [ModelDevice.image()])
        device.engine.place(.sample(.running))
        let errors: [EngineError.Code] = [.truncated, .refused, .truncated, .refused]
        for _ in 0..<100 { for code in errors { device.engine.inject(EngineError(code, "cut"), on: .watch) } }
        try await withWatcher(device) { _, _ in await pass(600, on: device) }
        let count = device.engine.calls.filter { $0.operation == .watch }.count
        #expect((60...125).contains(count), "\(count) subscriptions")
    }

    @Test("a clock that was set back a year: events are asked for from now on, not from the future")
    func clockBack() async throws {
        let device = ModelDevice()
        let feed = RecordingFeed(event: device.time.wall)
        let registry = AppRegistry(ports: device.ports)
        let watcher = EngineWatcher(feed: feed, registry: registry, time: device.time, logger: device.ports.logger)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watcher.run() }
            while feed.asked.count < 2 { await pass(1, on: device) }
            device.time.wall = device.time.wall.advanced(by: .seconds(-365 * 86_400))
            let before = feed.asked.count
            while feed.asked.count < before + 2 { await pass(1, on: device) }
            group.cancelAll()
        }
        #expect(feed.asked.prefix(2) == [nil, ManualTime().wall])
        #expect(feed.asked.last == .some(nil))
    }

    @Test("a change that no event told is seen within a minute (P24)")
    func slowLook() async throws {
        let device = ModelDevice(
            [.sample(.running, target: .running)], images: [ModelDevice.image()])
        device.engine.place(.sample(.running))
        try await withWatcher(device) { registry, watcher in
            try await registry.booted.wait()
            try await watcher.waitUntilAvailable()
            while !device.engine.calls.contains(.init(.watch)) { await Task.yield() }
            // Placed behind the back of the event stream.
            device.engine.place(.sample(.exited, exitCode: 4))
            await device.time.waitForSleepers(count: 1)
            device.time.advance(by: .seconds(60))
            while !device.store.recorded.contains(.failed) { await Task.yield() }
        }
        #expect(device.logs.lines(of: "prod_6_myapp").contains("myapp (PROD) exited with status code: 4"))
    }

    @Test("events wake by labels or by the exact name, never by another device's labels (P12)")
    func addressing() async throws {
        let device = ModelDevice([.sample(.running, target: .running)], images: [ModelDevice.image()])
        device.engine.place(.sample(.running))
        let registry = AppRegistry(ports: device.ports)
        try await registry.boot()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await registry.run() }
            try await registry.booted.wait()
            func looks() -> Int { device.engine.calls.filter { $0.operation == .inspect }.count }
            let before = looks()
            let own = AppLabels.labels(of: AppID(key: 6, stage: .prod), name: "myapp", serial: "S1")
            let foreign = AppLabels.labels(of: AppID(key: 6, stage: .prod), name: "myapp", serial: "S2")
            await registry.wake(container: "prod_6_myapp", labels: foreign)
            await registry.wake(container: "prod_6_myapp_2", labels: [:])
            await registry.wake(container: "anything", labels: own)
            while looks() == before { await Task.yield() }
            let between = looks()
            await registry.wake(container: "prod_6_myapp", labels: ["real": "True"])
            while looks() == between { await Task.yield() }
            await registry.stop()
        }
    }
}

/// A feed whose streams tell one event and end.
private final class RecordingFeed: EngineFeed {
    private let since = Mutex<[WallTime?]>([])
    private let event: WallTime

    init(event: WallTime) { self.event = event }

    var asked: [WallTime?] { since.withLock { $0 } }

    func ping() async throws(EngineError) {}

    func watch(
        since: WallTime?, onOpen: @Sendable () async -> Void, onEvent: @Sendable (ContainerEvent) async -> Void
    ) async throws(EngineError) {
        self.since.withLock { $0.append(since) }
        await onOpen()
        await onEvent(ContainerEvent(action: "start", container: "x", time: event))
    }

    func readLogs(
        of container: String, _ query: LogQuery, onLine: @Sendable (ContainerLogLine) async -> Void
    ) async throws(EngineError) {}

    func isRunning(_ container: String) async throws(EngineError) -> Bool { false }
    func containerSummaries() async throws(EngineError) -> [Value] { [] }
    func imageSummaries() async throws(EngineError) -> [Value] { [] }
    func dataRoot() async throws(EngineError) -> String? { nil }
}

/// Counts what is logged.
private struct CountingHandler: LogHandler {
    let count: @Sendable () -> Void
    var logLevel: Logger.Level = .debug
    var metadata: Logger.Metadata = [:]

    init(count: @escaping @Sendable () -> Void) { self.count = count }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { count() }
}

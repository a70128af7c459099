import AgentAPI
import AgentCore
import AgentTestKit
import AsyncSupport
import AsyncTestKit
import DeviceProtocol
import Logging
import Testing
import Values
import WAMPTestKit

@testable import AgentLink

/// The link of a model device at a scripted router.
struct LinkUnderTest: Sendable {
    let device: ModelDevice
    let identity: ModelIdentity
    let router: AnsweringRouter
    let backend: BackendModel
    let logs: LogService
    let apps: AppRegistry
    let api: DeviceAPI
    let link: DeviceLink

    /// Runs the body while the link runs; the link is stopped afterwards.
    /// - Parameter prepare: before the link starts.
    static func with(
        _ device: ModelDevice = ModelDevice(), admission: AnsweringRouter.Admission = .welcome,
        logger: Logger = Logger(label: "link") { _ in SwiftLogNoOpLogHandler() },
        sentences: Sentences = Sentences(),
        prepare: @escaping @Sendable (LinkUnderTest) async throws -> Void = { _ in },
        _ body: @escaping @Sendable (LinkUnderTest) async throws -> Void
    ) async throws {
        let backend = BackendModel()
        let router = AnsweringRouter { backend.answer($0) }
        router.admit(admission)
        try await router.run { url in
            let test = LinkUnderTest(
                device: device, router: router, backend: backend, url: url, logger: logger, sentences: sentences)
            try await device.outbox.restore()
            try await test.apps.boot()
            try await prepare(test)
            try await withThrowingTaskGroup(of: Void.self) { base in
                for run in test.services { base.addTask { await run() } }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await test.link.run() }
                    try await body(test)
                    group.cancelAll()
                }
                base.cancelAll()
            }
        }
    }

    private let services: [@Sendable () async -> Void]

    private init(
        device: ModelDevice, router: AnsweringRouter, backend: BackendModel, url: String, logger: Logger,
        sentences: Sentences
    ) {
        self.device = device
        self.router = router
        self.backend = backend
        identity = ModelIdentity(url: url)
        let logs = LogService(context: device.context, feed: device.engine, store: ModelLogStore(), time: device.time)
        self.logs = logs
        let apps = AppRegistry(ports: device.ports)
        self.apps = apps
        let watcher = EngineWatcher(feed: device.engine, registry: apps, time: device.time, logger: logger)
        let link = BackendLink()
        api = DeviceAPI(
            DeviceAPI.Services(
                device: device.context, backend: link, apps: apps, engine: device.engine, logs: logs,
                host: device.host, time: device.time, version: "1.0.0"))
        self.link = DeviceLink(
            configuration: LinkConfiguration(
                connectTimeout: .seconds(20), responseTimeout: .seconds(20), pingInterval: nil, environment: [:],
                agentVersion: "1.0.0"),
            services: LinkServices(
                identity: identity, device: device.context, backend: link, reports: link, api: api, apps: apps,
                outbox: device.outbox, logs: logs, engine: device.engine, watcher: watcher, host: device.host,
                time: device.time, logger: logger, announce: sentences.show))
        services = [
            { await logs.run() }, { await device.outbox.run() }, { await apps.run() }, { await watcher.run() },
        ]
    }

    // MARK: - Waiting

    /// Waits until the condition holds, while the model's time goes on by the step every few milliseconds if there is
    /// one; records an issue after 60 s.
    func wait(
        _ what: String, step: Duration = .zero, sourceLocation: SourceLocation = #_sourceLocation,
        until isMet: () -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(60)
        var seen = -1
        while !isMet() {
            guard ContinuousClock.now < end else {
                Issue.record("\(what) did not come: \(router.entries)", sourceLocation: sourceLocation)
                return
            }
            try await Task.sleep(for: .milliseconds(2))
            // Model time stands still while the real router is at work, or a slow machine would count as an outage.
            if step > .zero, router.entries.count == seen { device.time.advance(by: step) }
            seen = router.entries.count
        }
    }

    func connected(
        sessions: Int = 1, step: Duration = .zero, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await wait("CONNECTED", step: step, sourceLocation: sourceLocation) {
            isConnected(in: sessions - 1)
        }
    }

    func isConnected(in session: Int) -> Bool {
        router.entries(of: session).contains { Self.status(of: $0) == "CONNECTED" }
    }

    /// The status that an entry reports; nil when the backend did not take it.
    static func status(of entry: AnsweringRouter.Entry) -> String? {
        guard case .call(BackendProcedure.updateDeviceStatus, let arguments) = entry else { return nil }
        return arguments.first?["status"]?.string
    }

    func calls(of procedure: String) -> Int { router.calls(of: procedure).count }
}

/// A log store that keeps nothing.
private struct ModelLogStore: LogStore {
    func storeLog(_ lines: [String], of id: AppID, name: String) async throws(StoreError) {}

    func loadLog(of id: AppID) async throws(StoreError) -> [String]? { nil }
}

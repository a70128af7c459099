public import AgentCore
public import AsyncTestKit
public import DeviceProtocol
public import Logging
import Values

/// A whole device in memory: everything that lanes use, ready to be put together.
public struct ModelDevice: Sendable {
    public var engine: ModelEngine
    public var store: ModelStore
    public var files: ModelFiles
    public var logs: RecordingLogs
    public var backend: RecordingBackend
    public var host: ModelHost
    public var probe: ModelProbe
    public var tunnels: ModelTunnels
    public var context: ModelContext
    public var time: ManualTime
    public var outbox: Outbox
    public var ports: LanePorts

    /// - Parameters:
    ///   - images: references that are on the device.
    ///   - registry: references that can be pulled.
    public init(
        _ apps: [StoredApp] = [], images: Set<String> = [], registry: Set<String> = [],
        environment: ModelEnvironment = ModelEnvironment(),
        logger: Logger = Logger(label: "model") { _ in SwiftLogNoOpLogHandler() }
    ) {
        engine = ModelEngine(images: images, registry: registry)
        store = ModelStore(apps)
        files = ModelFiles()
        logs = RecordingLogs()
        backend = RecordingBackend()
        host = ModelHost()
        probe = ModelProbe()
        tunnels = ModelTunnels()
        context = ModelContext()
        time = ManualTime()
        outbox = Outbox(store: store, device: context, time: time, logger: logger)
        ports = LanePorts(
            engine: engine, images: engine, store: store, files: files, environment: environment, logs: logs,
            backend: backend, device: context, host: host, hostPorts: HostPorts(probe: probe),
            tunnels: tunnels, platform: .model, outbox: outbox, time: time,
            spread: { 1 }, logger: logger)
    }

    /// The reference of an app's image on this device.
    public static func image(_ key: UInt64 = 6, name: String = "myapp", version: String = "1.0.0") -> String {
        "registry.example/main/prod_amd64_\(key)_\(name):\(version)"
    }
}

extension AppRequest {
    /// A request for the PROD app 6, `myapp`, version 1.0.0.
    public static func sample(
        _ target: AppState, key: UInt64 = 6, name: String = "myapp", stage: Stage = .prod,
        currentState: AppState? = nil, version: String = "1.0.0"
    ) -> AppRequest {
        AppRequest(
            appKey: key, appName: name, stage: stage, target: target, currentState: currentState,
            requestorAccountKey: 42, deviceOwnerAccountKey: 42, releaseKey: 11, newReleaseKey: 11, version: version,
            presentVersion: version, newestVersion: version)
    }
}

extension StoredApp {
    /// Both rows of the PROD app 6, `myapp`, version 1.0.0.
    public static func sample(
        _ state: AppState, target: AppState, key: UInt64 = 6, name: String = "myapp"
    ) -> StoredApp {
        let wanted = WantedApp(AppRequest.sample(target, key: key, name: name, currentState: state))
        var installed = InstalledApp(new: wanted)
        installed.state = state
        return StoredApp(installed: installed, wanted: wanted)
    }
}

extension ContainerSnapshot {
    /// A container of the PROD app 6, `myapp`, as the agent makes it on the model device.
    public static func sample(
        _ status: Status, id: String = "old", key: UInt64 = 6, name: String = "myapp", exitCode: Int32? = nil,
        serial: String = "S1"
    ) -> ContainerSnapshot {
        let app = AppID(key: key, stage: .prod)
        return ContainerSnapshot(
            id: id, name: AppNames(app, name: name).container, status: status, exitCode: exitCode,
            image: ModelDevice.image(key, name: name),
            labels: AppLabels.labels(of: app, name: name, serial: serial))
    }
}

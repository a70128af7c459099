public import AgentAPI
public import AgentCore
public import AsyncSupport
public import Logging

/// What the link brings together when a session stands.
public struct LinkServices: Sendable {
    public var identity: any LinkIdentity
    public var device: any DeviceContextSource
    public var backend: BackendLink
    /// The same backend as the outbox sees it.
    public var reports: any Backend
    public var api: DeviceAPI
    public var apps: AppRegistry
    public var outbox: Outbox
    public var logs: LogService
    public var engine: any ContainerEngine
    public var watcher: EngineWatcher
    public var host: any HostFacts
    public var time: any TimeSource
    public var logger: Logger
    /// Shows a sentence to whoever operates the device, beside the log; called seldom.
    public var announce: @Sendable (String) -> Void

    public init(
        identity: any LinkIdentity, device: any DeviceContextSource, backend: BackendLink, reports: any Backend,
        api: DeviceAPI, apps: AppRegistry, outbox: Outbox, logs: LogService, engine: any ContainerEngine,
        watcher: EngineWatcher, host: any HostFacts, time: any TimeSource, logger: Logger,
        announce: @escaping @Sendable (String) -> Void
    ) {
        self.identity = identity
        self.device = device
        self.backend = backend
        self.reports = reports
        self.api = api
        self.apps = apps
        self.outbox = outbox
        self.logs = logs
        self.engine = engine
        self.watcher = watcher
        self.host = host
        self.time = time
        self.logger = logger
        self.announce = announce
    }
}

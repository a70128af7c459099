import AgentAPI
import AgentCore
import AgentDocker
import AgentLink
import AgentStore
import AgentSystem
import AsyncSupport
import DockerEngine
import Logging
import WAMPClient

/// Everything that runs in the process, made once from the ground that the start has prepared. The one place that knows
/// all adapters.
struct AgentParts: Sendable {
    let logs: LogService
    let outbox: Outbox
    let apps: AppRegistry
    let watcher: EngineWatcher
    let link: DeviceLink
    let diagnostics: AgentDiagnostics
    let host: LinuxHostFacts

    init(_ startup: Startup, store: SQLiteAgentStore, client: DockerClient, environment: [String: String]) async throws
    {
        let (time, logger) = (startup.time, startup.logger)
        let feed = DockerEngineFeed(client: client)
        host = LinuxHostFacts(time: time, dockerDataRoot: { (try? await feed.dataRoot()).flatMap { $0 } })
        let platformURL = (try? await store.fact(DeviceIdentity.platformURLFact)) ?? nil
        let credentialKeyFile = CredentialKeyFile(directory: startup.configuration.agentDirectory)
        let credentialKey = credentialKeyFile.load()
        if !credentialKey.isEmpty { startup.log.redactor.register([credentialKey]) }
        let context = DeviceContextHolder(
            await startup.identity.identity.context(platformURL: platformURL, credentialKey: credentialKey))
        let backend = BackendLink()
        let files = AppDirectoryFiles(root: startup.configuration.appsDirectory, logger: logger)

        let ports = Self.withKillPoints(
            DomainPorts(
                engine: DockerContainerEngine(client: client, time: time), images: DockerImageStore(client: client),
                store: store, files: files, backend: backend))
        outbox = Outbox(store: store, device: context, time: time, logger: logger)
        logs = LogService(context: context, feed: feed, store: store, time: time)
        apps = AppRegistry(
            ports: LanePorts(
                engine: ports.engine, images: ports.images, store: ports.store, files: ports.files,
                environment: DeviceEnvironment(context: context, facts: host), logs: logs, backend: backend,
                device: context, host: host, hostPorts: HostPorts(probe: LinuxPortProbe()), tunnels: NoTunnels(),
                platform: await host.platform(), outbox: outbox, time: time,
                logger: logger))
        watcher = EngineWatcher(feed: feed, registry: apps, time: time, logger: logger)

        let api = DeviceAPI(
            DeviceAPI.Services(
                device: context, backend: backend, apps: apps, engine: feed, logs: logs, host: host, time: time,
                version: AgentVersion.current))
        let identity = DeviceIdentity(
            store: startup.identity, context: context, facts: store,
            credentialKeyFile: credentialKeyFile, redactor: startup.log.redactor, logger: logger,
            announce: startup.announce)
        link = DeviceLink(
            configuration: Self.linkConfiguration(startup, environment),
            services: LinkServices(
                identity: identity, device: context, backend: backend, reports: ports.backend, api: api, apps: apps,
                outbox: outbox, logs: logs, engine: ports.engine, watcher: watcher, host: host, time: time,
                logger: startup.log.logger("link"), announce: startup.announce))
        diagnostics = AgentDiagnostics(
            log: startup.log, time: time,
            parts: link.diagnostics + [
                apps.diagnostics, .value("engine") { [watcher] in await watcher.diagnostics },
                .value("outbox") { [outbox] in await outbox.diagnostics }, logs.diagnostics,
            ])
    }

    private static func linkConfiguration(_ startup: Startup, _ environment: [String: String]) -> LinkConfiguration {
        let configuration = startup.configuration
        let messages = startup.log.logger("messages")
        let tap: @Sendable (MessageDirection, String) -> Void = { direction, text in
            messages.debug("message", metadata: ["direction": "\(direction.rawValue)", "text": "\(text)"])
        }
        return LinkConfiguration(
            connectTimeout: configuration.connectTimeout, responseTimeout: configuration.responseTimeout,
            pingInterval: configuration.pingInterval == .zero ? nil : configuration.pingInterval,
            environment: environment, agentVersion: AgentVersion.current,
            onMessage: configuration.logsMessages ? tap : nil)
    }

    /// The ports of the domain that a debug build may die behind.
    struct DomainPorts {
        var engine: any ContainerEngine
        var images: any ImageStore
        var store: any AppStore
        var files: any AppFiles
        var backend: any Backend
    }

    private static func withKillPoints(_ ports: DomainPorts) -> DomainPorts {
        #if DEBUG
            guard let points = KillSwitch() else { return ports }
            return DomainPorts(
                engine: EngineWithKillPoints(base: ports.engine, points: points),
                images: ImagesWithKillPoints(base: ports.images, points: points),
                store: AppStoreWithKillPoints(base: ports.store, points: points),
                files: FilesWithKillPoints(base: ports.files, points: points),
                backend: BackendWithKillPoints(base: ports.backend, points: points))
        #else
            return ports
        #endif
    }
}

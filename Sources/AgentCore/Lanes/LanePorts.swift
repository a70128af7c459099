public import AsyncSupport
public import Logging

/// Everything outside the domain that lanes use, and the outbox that takes their reports.
public struct LanePorts: Sendable {
    public var engine: any ContainerEngine
    public var images: any ImageStore
    public var store: any AppStore
    public var files: any AppFiles
    public var environment: any AppEnvironmentSource
    public var logs: any AppLogs
    public var backend: any Backend
    public var device: any DeviceContextSource
    public var host: any HostFacts
    public var hostPorts: HostPorts
    public var tunnels: any TunnelSync
    /// Read once at start; part of every image name.
    public var platform: Platform
    public var outbox: Outbox
    public var time: any TimeSource
    /// Chance in 0.8 ..< 1.2, drawn once per delay of the crash loop (2.9).
    public var spread: @Sendable () -> Double
    public var logger: Logger

    public init(
        engine: any ContainerEngine, images: any ImageStore, store: any AppStore, files: any AppFiles,
        environment: any AppEnvironmentSource, logs: any AppLogs, backend: any Backend,
        device: any DeviceContextSource, host: any HostFacts, hostPorts: HostPorts, tunnels: any TunnelSync,
        platform: Platform, outbox: Outbox, time: any TimeSource,
        spread: @escaping @Sendable () -> Double = { .random(in: 0.8..<1.2) }, logger: Logger
    ) {
        self.engine = engine
        self.images = images
        self.store = store
        self.files = files
        self.environment = environment
        self.logs = logs
        self.backend = backend
        self.device = device
        self.host = host
        self.hostPorts = hostPorts
        self.tunnels = tunnels
        self.platform = platform
        self.outbox = outbox
        self.time = time
        self.spread = spread
        self.logger = logger
    }

    var imageNames: ImageNames { ImageNames(device.context, platform) }
}

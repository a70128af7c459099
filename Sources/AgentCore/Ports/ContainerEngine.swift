public import DeviceProtocol

/// Containers of the engine on this device. Every call has a deadline of its own; none waits for ever.
public protocol ContainerEngine: Sendable {
    /// The container of exactly this name (C-2), or nil when there is none.
    func inspect(_ name: String) async throws(EngineError) -> ContainerSnapshot?

    /// All containers, stopped ones included; an entry that cannot be understood is left out, not fatal (C-4).
    func list() async throws(EngineError) -> [ContainerSnapshot]

    /// The containers of a compose project, by its label, stopped ones included; those that ended with their exit code.
    func containers(ofProject name: String) async throws(EngineError) -> [ContainerSnapshot]

    /// Creates a container and returns its id.
    func create(_ specification: ContainerSpecification) async throws(EngineError) -> String

    /// Starts it; a container that runs already is a success.
    func start(_ id: String) async throws(EngineError)

    /// Stops it and returns when it is down. `grace` nil means the image's own time, or the engine's 10 s.
    /// A missing or stopped container is a success (P47).
    func stop(_ id: String, grace: Duration?) async throws(EngineError)

    /// Removes it by force and returns when it is gone. A missing container is a success.
    func remove(_ id: String) async throws(EngineError)
}

/// A container as the engine shows it.
public struct ContainerSnapshot: Sendable, Equatable {
    /// The engine's states.
    public enum Status: String, Sendable {
        case created, running, paused, restarting, removing, exited, dead
    }

    /// What the engine's health check says.
    public enum Health: String, Sendable {
        case starting, healthy, unhealthy
    }

    public var id: String
    /// Without the leading slash.
    public var name: String
    public var status: Status
    /// Of the last exit; nil while it runs and where lists do not tell.
    public var exitCode: Int32?
    /// `State.Error` of the engine; empty when there is none.
    public var error: String
    /// The reference that it was created from.
    public var image: String
    public var labels: [String: String]
    public var hasTTY: Bool
    /// RFC 3339 as the engine wrote it; empty when unknown.
    public var startedAt: String
    /// Nil without a health check, and where lists do not tell.
    public var health: Health?
    /// Bindings to ports of the host: the configured ones of an inspection, the live ones of a list.
    public var bindings: [PortBinding]
    public var networkMode: String
    /// Whether it has all rights on the device.
    public var isPrivileged: Bool

    public init(
        id: String, name: String, status: Status, exitCode: Int32? = nil, error: String = "", image: String = "",
        labels: [String: String] = [:], hasTTY: Bool = true, startedAt: String = "", health: Health? = nil,
        bindings: [PortBinding] = [], networkMode: String = "", isPrivileged: Bool = false
    ) {
        self.id = id
        self.name = name
        self.status = status
        self.exitCode = exitCode
        self.error = error
        self.image = image
        self.labels = labels
        self.hasTTY = hasTTY
        self.startedAt = startedAt
        self.health = health
        self.bindings = bindings
        self.networkMode = networkMode
        self.isPrivileged = isPrivileged
    }
}

/// A port of a container that is a port of the host.
public struct PortBinding: Sendable, Hashable {
    public var container: UInt16
    public var transport: PortTransport
    public var host: UInt16
    /// Empty or `0.0.0.0` for all interfaces.
    public var address: String

    public init(container: UInt16, transport: PortTransport, host: UInt16, address: String = "0.0.0.0") {
        self.container = container
        self.transport = transport
        self.host = host
        self.address = address
    }
}

/// What a single-container app is created from (app-lifecycle.md 3.4). The fixed parts of the body — privileges,
/// devices, restart policy, extra hosts — are the adapter's.
public struct ContainerSpecification: Sendable, Equatable {
    public struct Mount: Sendable, Equatable {
        public var source: String
        public var target: String
        public init(source: String, target: String) {
            self.source = source
            self.target = target
        }
    }

    public var name: String
    public var image: String
    /// `NAME=value`, in order.
    public var environment: [String]
    public var labels: [String: String]
    public var mounts: [Mount]
    /// Terminal input attached: DEV only.
    public var isInteractive: Bool
    /// Runtime `nvidia`.
    public var usesGPU: Bool
    public var bindings: [PortBinding]
    /// Nil for the container of the reference: all capabilities, all devices.
    public var privileges: ContainerPrivileges?

    public init(
        name: String, image: String, environment: [String], labels: [String: String], mounts: [Mount],
        isInteractive: Bool = false, usesGPU: Bool = false, bindings: [PortBinding] = [],
        privileges: ContainerPrivileges? = nil
    ) {
        self.name = name
        self.image = image
        self.environment = environment
        self.labels = labels
        self.mounts = mounts
        self.isInteractive = isInteractive
        self.usesGPU = usesGPU
        self.bindings = bindings
        self.privileges = privileges
    }
}

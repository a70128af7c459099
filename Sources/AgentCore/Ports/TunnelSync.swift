/// Tunnels from the outside to ports of apps. They may be unavailable for as long as they like: no app waits for one.
public protocol TunnelSync: Sendable {
    /// Whether tunnels can be made now.
    func isAvailable() async -> Bool

    /// The live tunnel of this id; nil when there is none.
    func tunnel(_ id: String) async -> Tunnel?

    /// Makes a tunnel; nil when it could not be made.
    func add(_ wish: TunnelWish) async -> Tunnel?

    /// Ends a tunnel and forgets its configuration; a missing one is fine.
    func remove(_ id: String) async

    /// Tells everybody the state of every tunnel (`tunnel_state_update/onreload`).
    func publishStates() async
}

/// A tunnel that is there.
public struct Tunnel: Sendable, Equatable {
    /// What it dials on this device.
    public var localPort: UInt16
    /// Its public port; 0 for http and https.
    public var remotePort: UInt64

    public init(localPort: UInt16, remotePort: UInt64) {
        self.localPort = localPort
        self.remotePort = remotePort
    }
}

/// A tunnel to be made.
public struct TunnelWish: Sendable, Equatable {
    /// `42-myapp-8080-http` (app-lifecycle.md 1.1).
    public var id: String
    /// `42-myapp-8080`, `secure-…` for https.
    public var subdomain: String
    public var protocolName: String
    /// Empty for this device.
    public var localIP: String
    public var localPort: UInt16
    /// The reserved public port; 0 lets the server choose.
    public var remotePort: UInt64

    public init(
        id: String, subdomain: String, protocolName: String, localIP: String, localPort: UInt16, remotePort: UInt64
    ) {
        self.id = id
        self.subdomain = subdomain
        self.protocolName = protocolName
        self.localIP = localIP
        self.localPort = localPort
        self.remotePort = remotePort
    }
}

/// A device without tunnels.
public struct NoTunnels: TunnelSync {
    public init() {}

    public func isAvailable() async -> Bool { false }
    public func tunnel(_ id: String) async -> Tunnel? { nil }
    public func add(_ wish: TunnelWish) async -> Tunnel? { nil }
    public func remove(_ id: String) async {}
    public func publishStates() async {}
}

public import AgentCore
import Synchronization

/// A host whose ports are free but for some.
public final class ModelProbe: PortProbe {
    private let taken = Mutex<Set<UInt16>>([])

    public init() {}

    /// Ports that something outside has.
    public func take(_ ports: Set<UInt16>) { taken.withLock { $0.formUnion(ports) } }

    public func isFree(_ port: UInt16, _ transport: PortTransport) async -> Bool {
        taken.withLock { !$0.contains(port) }
    }
}

/// Tunnels in memory, with a log of what was asked of them.
public final class ModelTunnels: TunnelSync {
    public enum Call: Sendable, Equatable {
        case add(TunnelWish)
        case remove(String)
        case publish
    }

    private struct State {
        var isAvailable = false
        var tunnels: [String: Tunnel] = [:]
        var calls: [Call] = []
        var fails = false
    }

    private let state = Mutex(State())

    public init() {}

    public var calls: [Call] { state.withLock { $0.calls } }

    public var tunnels: [String: Tunnel] { state.withLock { $0.tunnels } }

    public func setAvailable(_ isAvailable: Bool) { state.withLock { $0.isAvailable = isAvailable } }

    /// While true no tunnel can be made.
    public func setFailing(_ fails: Bool) { state.withLock { $0.fails = fails } }

    /// Puts a tunnel there, as if it had been made before.
    public func place(_ tunnel: Tunnel, id: String) { state.withLock { $0.tunnels[id] = tunnel } }

    public func isAvailable() async -> Bool { state.withLock { $0.isAvailable } }

    public func tunnel(_ id: String) async -> Tunnel? { state.withLock { $0.tunnels[id] } }

    /// A tcp or udp tunnel without a reserved port gets 30001.
    public func add(_ wish: TunnelWish) async -> Tunnel? {
        state.withLock { state in
            state.calls.append(.add(wish))
            guard !state.fails else { return nil }
            let isRaw = wish.protocolName == "tcp" || wish.protocolName == "udp"
            let remote = isRaw ? (wish.remotePort == 0 ? 30_001 : wish.remotePort) : 0
            let tunnel = Tunnel(localPort: wish.localPort, remotePort: remote)
            state.tunnels[wish.id] = tunnel
            return tunnel
        }
    }

    public func remove(_ id: String) async {
        state.withLock { state in
            state.calls.append(.remove(id))
            state.tunnels[id] = nil
        }
    }

    public func publishStates() async { state.withLock { $0.calls.append(.publish) } }
}

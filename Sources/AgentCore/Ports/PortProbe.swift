/// Whether ports of this machine are in use (app-lifecycle.md 3.6).
public protocol PortProbe: Sendable {
    /// Whether the port can be bound on all interfaces now.
    func isFree(_ port: UInt16, _ transport: PortTransport) async -> Bool
}

/// What a port carries. Rules of every other protocol go over tcp.
public enum PortTransport: String, Sendable, Hashable, Comparable, CaseIterable {
    case tcp, udp

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Where a transport comes from, as far as the router knows it for sure.
public enum PeerAddress: Sendable, Hashable {
    /// An IP address, without port.
    case network(String)
    /// A process on this machine, by the credentials of its Unix socket.
    case local(userID: UInt32)
    /// Within the router's own process.
    case memory
}

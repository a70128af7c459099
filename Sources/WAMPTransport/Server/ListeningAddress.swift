/// Where a server listens.
public enum ListeningAddress: Sendable, Hashable, CustomStringConvertible {
    /// A host name or address and a port; port 0 takes any free one.
    case tcp(host: String, port: Int)
    /// A Unix socket at that path, which only its owner may connect to.
    case unix(path: String)

    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }
}

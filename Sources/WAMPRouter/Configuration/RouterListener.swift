import WAMPTransport

/// Where a router listens.
public enum RouterListener: Sendable, Hashable {
    /// Port 0 takes any free one.
    case tcp(host: String, port: Int, tls: RouterTLS? = nil)
    /// A Unix socket, which only the user of this process may connect to (mode 0600).
    case unix(path: String)

    var address: ListeningAddress {
        switch self {
        case .tcp(let host, let port, _): .tcp(host: host, port: port)
        case .unix(let path): .unix(path: path)
        }
    }

    var tls: RouterTLS? { if case .tcp(_, _, let tls) = self { tls } else { nil } }
}

/// The PEM files of a listener with TLS.
public struct RouterTLS: Sendable, Hashable {
    /// The certificate, followed by its intermediates.
    public var certificateFile: String
    public var keyFile: String

    public init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

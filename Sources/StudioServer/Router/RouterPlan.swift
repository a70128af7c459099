public import StudioCore

/// How the studio's own router is reached.
public struct RouterPlan: Sendable, Equatable {
    /// The PEM files of TLS.
    public struct TLSFiles: Sendable, Equatable {
        public var certificate: String
        public var key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    public var listen: ListenAddress
    public var tls: TLSFiles?
    /// Origins that browsers may come from, besides the router's own host.
    public var allowedOrigins: [String]
    public var realm: String
    /// What goes into identity files; nil: taken from the address.
    public var deviceURL: String?
    /// Data directory: database, operator's secret, socket.
    public var data: String

    public init(
        listen: ListenAddress, tls: TLSFiles? = nil, allowedOrigins: [String] = [], realm: String = "realm1",
        deviceURL: String? = nil, data: String
    ) {
        self.listen = listen
        self.tls = tls
        self.allowedOrigins = allowedOrigins
        self.realm = realm
        self.deviceURL = deviceURL
        self.data = data
    }

    /// Whether others can read what devices and studio tell each other.
    public var isReadable: Bool { tls == nil && !listen.isLoopback }
}

/// Where the studio's own router really listens.
public struct RouterEndpoints: Sendable, Equatable {
    /// For this machine.
    public var localURL: String
    /// For devices.
    public var deviceURL: String
    /// The studio's socket; nil when its path would be too long.
    public var socket: String?
}

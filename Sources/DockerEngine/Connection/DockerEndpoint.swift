/// Where the engine is. One endpoint is derived and handed on to every child process as `DOCKER_HOST` (C-38).
public struct DockerEndpoint: Sendable, Equatable {
    public enum Address: Sendable, Equatable {
        /// Path of a Unix socket.
        case unix(path: String)
        case tcp(host: String, port: UInt16)
    }

    /// Files for TLS as the Docker tools keep them: `ca.pem`, `cert.pem` and `key.pem` in one directory.
    public struct TLS: Sendable, Equatable {
        public var certificateDirectory: String
        /// False encrypts without proving who the engine is, as the tools do without `DOCKER_TLS_VERIFY`.
        public var verifiesPeer: Bool

        public init(certificateDirectory: String, verifiesPeer: Bool) {
            self.certificateDirectory = certificateDirectory
            self.verifiesPeer = verifiesPeer
        }
    }

    public var address: Address
    public var tls: TLS?
    /// Set by `DOCKER_API_VERSION`; turns negotiation off (1.1).
    public var fixedVersion: APIVersion?

    public init(address: Address, tls: TLS? = nil, fixedVersion: APIVersion? = nil) {
        self.address = address
        self.tls = tls
        self.fixedVersion = fixedVersion
    }

    /// The standard socket.
    public static let standard = DockerEndpoint(address: .unix(path: "/var/run/docker.sock"))

    /// Reads `DOCKER_HOST`, `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH` and `DOCKER_API_VERSION`. Empty counts as unset.
    ///
    /// Throws `refused` with the variable's name when one has a form that is not understood.
    public init(environment: [String: String]) throws(DockerError) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        self =
            try variable("DOCKER_HOST").map { text throws(DockerError) in try DockerEndpoint(host: text) } ?? .standard
        if let text = variable("DOCKER_API_VERSION") {
            guard let version = APIVersion(text) else {
                throw DockerError(.refused, "DOCKER_API_VERSION is not a version: \(text)")
            }
            fixedVersion = version
        }
        let verifies = variable("DOCKER_TLS_VERIFY") != nil
        if case .tcp = address, verifies || tls != nil || variable("DOCKER_CERT_PATH") != nil {
            guard let directory = variable("DOCKER_CERT_PATH") ?? variable("HOME").map({ "\($0)/.docker" }) else {
                throw DockerError(.refused, "TLS towards the engine needs DOCKER_CERT_PATH")
            }
            tls = TLS(certificateDirectory: directory, verifiesPeer: verifies)
        }
    }

    /// The form `DOCKER_HOST` has: `unix:///path`, `tcp://host:port`. The port defaults to 2375.
    public init(host text: String) throws(DockerError) {
        if text.hasPrefix("unix://") {
            let path = String(text.dropFirst("unix://".count))
            // A socket address has room for 107 bytes; a longer path could never be connected.
            guard path.hasPrefix("/"), path.utf8.count < 108 else {
                throw DockerError(.refused, "DOCKER_HOST needs an absolute path of at most 107 bytes: \(text)")
            }
            self.init(address: .unix(path: path))
            return
        }
        guard text.hasPrefix("tcp://") else {
            throw DockerError(.refused, "DOCKER_HOST must start with unix:// or tcp://: \(text)")
        }
        var rest = text.dropFirst("tcp://".count)
        while rest.last == "/" { rest.removeLast() }
        var host = rest
        var port: UInt16 = 2375
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            guard let number = UInt16(rest[rest.index(after: colon)...]), number > 0 else {
                throw DockerError(.refused, "DOCKER_HOST has no valid port: \(text)")
            }
            port = number
            host = rest[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains("/") else {
            throw DockerError(.refused, "DOCKER_HOST has no valid host: \(text)")
        }
        self.init(address: .tcp(host: String(host), port: port))
    }

    /// What child processes get as `DOCKER_HOST`.
    public var hostVariable: String {
        switch address {
        case .unix(let path): "unix://\(path)"
        case .tcp(let host, let port): "tcp://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }
}

/// Where the studio's own router listens: `HOST:PORT`, an IPv6 host in brackets, `:PORT` for all addresses.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// Without brackets.
    public var host: String
    /// 0: the system chooses.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// - Throws: `invalid` with an example.
    public init(parsing text: String) throws(StudioError) {
        let wrong = StudioError(
            .invalid, "“\(text)” is no address to listen on; give HOST:PORT, for example 127.0.0.1:8480 or [::]:8480")
        guard let colon = text.lastIndex(of: ":") else { throw wrong }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(digits),
            port <= 65_535
        else { throw wrong }
        var host = text[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), host.count > 2 else { throw wrong }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw wrong
        }
        guard !host.contains(where: { $0.isWhitespace || "/[]@?#".contains($0) }) else { throw wrong }
        self.init(host: host.isEmpty ? "::" : String(host), port: port)
    }

    /// Whether nobody but this machine can reach it.
    public var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether it stands for all addresses of the machine, which is no address to connect to.
    public var isWildcard: Bool { host == "::" || host == "0.0.0.0" }

    /// The URL under which this machine reaches the router.
    public func localURL(isSecure: Bool) -> String {
        url(host: host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host, isSecure: isSecure)
    }

    /// The URL for devices; `hostName` takes the place of a wildcard.
    public func deviceURL(isSecure: Bool, hostName: String) -> String {
        url(host: isWildcard ? hostName : host, isSecure: isSecure)
    }

    private func url(host: String, isSecure: Bool) -> String {
        "\(isSecure ? "wss" : "ws")://\(Self.authority(host, port))/ws"
    }

    private static func authority(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    public var description: String { Self.authority(host, port) }
}

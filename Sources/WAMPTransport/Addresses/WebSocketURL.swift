/// A `ws` or `wss` URL taken apart (RFC 6455 section 3), or `ws+unix:///absolute/path.sock` for a Unix socket.
///
/// Path and query are kept as written: a router may take its realm or a key from them.
public struct WebSocketURL: Sendable, Hashable {
    /// True for `wss`.
    public let isSecure: Bool
    /// Name or address, without the brackets of an IPv6 literal.
    public let host: String
    public let port: Int
    /// Path and query, at least `/`.
    public let requestTarget: String
    /// The file of the Unix socket to connect to; nil for TCP. The host is `localhost` then.
    public let socketPath: String?

    /// Throws `TransportError` with code `invalidURL`.
    public init(_ text: String) throws(TransportError) {
        // A blank or a line end would otherwise travel into the request's head.
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw TransportError(.invalidURL, "The URL holds a blank, a control character or a letter outside ASCII.")
        }
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard scheme != "ws+unix" else {
            self = try Self(socketPath: text.dropFirst("ws+unix".count))
            return
        }
        guard scheme == "ws" || scheme == "wss", text.dropFirst(scheme.count).hasPrefix("://") else {
            throw TransportError(.invalidURL, "The URL does not start with ws://, wss:// or ws+unix://.")
        }
        let rest = text.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let target = rest.dropFirst(authority.count)
        guard !target.contains("#") else {
            throw TransportError(.invalidURL, "A WebSocket URL has no fragment.")
        }
        guard !authority.contains("@") else {
            throw TransportError(.invalidURL, "A WebSocket URL holds no user name or password.")
        }
        isSecure = scheme == "wss"
        let parts = try HostAndPort(authority, code: .invalidURL)
        host = parts.host
        port = parts.port ?? (isSecure ? 443 : 80)
        requestTarget = target.hasPrefix("/") ? String(target) : "/" + target
        socketPath = nil
    }

    /// Reads `:///path`. The request goes to `/`, since the path names the socket.
    private init(socketPath text: Substring) throws(TransportError) {
        let path = String(text.dropFirst(3))
        // The address of a Unix socket has room for so many bytes (unix(7)).
        guard text.hasPrefix(":///"), path.count > 1, path.utf8.count <= UnixSocketFile.longestPath else {
            throw TransportError(
                .invalidURL,
                "A URL of a Unix socket is ws+unix:// and an absolute path of at most \(UnixSocketFile.longestPath) bytes."
            )
        }
        guard !path.contains(where: { $0 == "?" || $0 == "#" || $0 == "%" }) else {
            throw TransportError(.invalidURL, "The path of a Unix socket has no query, fragment or escape.")
        }
        (isSecure, host, port, requestTarget, socketPath) = (false, "localhost", 80, "/", path)
    }

    /// The value of the `Host` header: the port only where it is not the scheme's own, no zone.
    var hostHeader: String {
        port == (isSecure ? 443 : 80) ? bracketedHost : "\(bracketedHost):\(port)"
    }

    /// `host:port` as a proxy wants it.
    var authority: String { socketPath ?? "\(bracketedHost):\(port)" }

    /// The name for SNI and for the certificate check; nil for an address, which SNI must not carry (RFC 6066).
    var serverName: String? { IPAddress(host) == nil ? host : nil }

    private var bracketedHost: String {
        host.contains(":") ? "[\(host.prefix { $0 != "%" })]" : host
    }
}

/// The host and the port of a URL's authority.
struct HostAndPort: Sendable, Hashable {
    let host: String
    let port: Int?

    init(_ text: some StringProtocol, code: TransportError.Code) throws(TransportError) {
        let portText: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else {
                throw TransportError(code, "The IPv6 address lacks its closing bracket.")
            }
            // RFC 6874: the zone's percent sign is itself escaped.
            let inside = String(text[text.index(after: text.startIndex)..<end])
            host = inside.replacingFirst("%25", with: "%")
            portText = Substring(text[text.index(after: end)...])
            guard host.contains(":"), IPAddress(host) != nil else {
                throw TransportError(code, "The address in brackets is not an IPv6 address.")
            }
        } else {
            host = String(text.prefix { $0 != ":" })
            portText = Substring(text.dropFirst(host.count))
        }
        guard !host.isEmpty else { throw TransportError(code, "The host is missing.") }
        guard portText.isEmpty || portText == ":" else {
            let digits = portText.dropFirst()
            guard portText.hasPrefix(":"), digits.allSatisfy(\.isASCIIDigit), let number = UInt16(digits), number > 0
            else { throw TransportError(code, "The port is not a number from 1 to 65535.") }
            port = Int(number)
            return
        }
        port = nil
    }
}

extension String {
    /// The text with the first occurrence replaced; the text itself where there is none.
    func replacingFirst(_ pattern: String, with replacement: String) -> String {
        guard let range = firstRange(of: pattern) else { return self }
        return String(self[..<range.lowerBound]) + replacement + String(self[range.upperBound...])
    }
}

/// The proxy variables of an environment, with the rules that Go programs follow.
///
/// `HTTP_PROXY` serves `ws`, `HTTPS_PROXY` serves `wss`; the lower-case name is read where the other is unset or
/// empty. `NO_PROXY` lists names (`example.org` with its sub-domains, `.example.org` the sub-domains only),
/// addresses, networks (`10.0.0.0/8`), each with an optional port, or `*`. Loopback is never proxied.
public struct ProxyEnvironment: Sendable {
    private let variables: [String: String]

    public init(_ variables: [String: String]) { self.variables = variables }

    /// The proxy for that URL, or nil for a direct connection. Throws `TransportError` with code `invalidProxy`.
    public func proxy(for url: WebSocketURL) throws(TransportError) -> HTTPProxy? {
        guard url.socketPath == nil, let text = value(url.isSecure ? "HTTPS_PROXY" : "HTTP_PROXY"), !isExcluded(url)
        else { return nil }
        return try HTTPProxy(text)
    }

    private func value(_ name: String) -> String? {
        for key in [name, name.lowercased()] {
            if let value = variables[key], !value.isEmpty { return value }
        }
        return nil
    }

    private func isExcluded(_ url: WebSocketURL) -> Bool {
        let host = url.host.lowercased()
        let address = IPAddress(host)
        if host == "localhost" || host.hasSuffix(".localhost") || address?.isLoopback == true { return true }
        return (value("NO_PROXY") ?? "").split { $0 == "," || $0 == " " }.contains { entry in
            Self.matches(entry.lowercased(), host: host, address: address, port: url.port)
        }
    }

    private static func matches(_ entry: String, host: String, address: IPAddress?, port: Int) -> Bool {
        if entry == "*" { return true }
        if let slash = entry.firstIndex(of: "/") {
            guard let address, let network = IPAddress(entry[..<slash]),
                let prefix = Int(entry[entry.index(after: slash)...])
            else { return false }
            return address.isInside(network, prefix: prefix)
        }
        if let literal = IPAddress(entry) { return literal == address }
        guard let parts = try? HostAndPort(entry, code: .invalidProxy) else { return false }
        if let wanted = parts.port, wanted != port { return false }
        if let literal = IPAddress(parts.host) { return literal == address }
        let name = parts.host.hasPrefix("*.") ? String(parts.host.dropFirst()) : parts.host
        return name.hasPrefix(".") ? host.hasSuffix(name) : host == name || host.hasSuffix("." + name)
    }
}

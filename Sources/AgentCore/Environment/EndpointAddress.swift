#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The router's URL as an app's container must dial it.
enum EndpointAddress {
    /// Inside a container "localhost" is the container. Only a loopback host is replaced; scheme, port and path stay, and
    /// what cannot be read stays as it is (app-lifecycle.md 3.1).
    static func reachableFromContainer(_ url: String) -> String {
        guard let separator = url.range(of: "://") else { return url }
        let afterScheme = separator.upperBound
        let authorityEnd = url[afterScheme...].firstIndex { "/?#".contains($0) } ?? url.endIndex
        let authority = url[afterScheme..<authorityEnd]
        let hostStart = authority.lastIndex(of: "@").map(authority.index(after:)) ?? authority.startIndex
        guard let hostEnd = endOfHost(in: authority[hostStart...]) else { return url }
        guard isLoopback(authority[hostStart..<hostEnd]) else { return url }
        return url[..<hostStart] + "host.docker.internal" + url[hostEnd...]
    }

    /// The end of `host` or `[address]`, before a port; nil when brackets do not close or text follows them.
    private static func endOfHost(in text: Substring) -> Substring.Index? {
        guard text.first == "[" else { return text.firstIndex(of: ":") ?? text.endIndex }
        guard let close = text.firstIndex(of: "]") else { return nil }
        let end = text.index(after: close)
        return end == text.endIndex || text[end] == ":" ? end : nil
    }

    private static func isLoopback(_ host: Substring) -> Bool {
        if host.lowercased() == "localhost" { return true }
        if host.first == "[" { return isLoopbackV6(String(host.dropFirst().dropLast())) }
        var address = in_addr()
        guard inet_pton(AF_INET, String(host), &address) == 1 else { return false }
        return UInt32(bigEndian: address.s_addr) >> 24 == 127
    }

    private static func isLoopbackV6(_ host: String) -> Bool {
        var address = in6_addr()
        guard inet_pton(AF_INET6, host, &address) == 1 else { return false }
        let bytes = withUnsafeBytes(of: &address) { Array($0) }
        let isOne = bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isOne || (isMapped && bytes[12] == 127)
    }
}

extension String {
    /// The first occurrence of a text, without Foundation.
    fileprivate func range(of other: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}

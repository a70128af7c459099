/// An HTTP proxy that is asked to CONNECT.
public struct HTTPProxy: Sendable, Hashable, CustomStringConvertible {
    public let host: String
    public let port: Int
    /// The value of `Proxy-Authorization`, made from the URL's user information. Secret: in no description.
    let authorization: String?

    /// Reads `[http://][user[:password]@]host[:port][/]`; throws `TransportError` with code `invalidProxy`.
    init(_ text: String) throws(TransportError) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw TransportError(.invalidProxy, "The proxy URL holds a blank, a control character or a foreign letter.")
        }
        var rest = Substring(text)
        if let mark = text.firstRange(of: "://") {
            guard text[..<mark.lowerBound].lowercased() == "http" else {
                throw TransportError(
                    .invalidProxy, "Only http:// proxies are supported, not \(text[..<mark.lowerBound])://.")
            }
            rest = text[mark.upperBound...]
        }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = rest.lastIndex(of: "@") {
            authorization = Self.basic(rest[..<at])
            rest = rest[rest.index(after: at)...]
        } else {
            authorization = nil
        }
        let parts = try HostAndPort(rest, code: .invalidProxy)
        host = parts.host
        port = parts.port ?? 80
    }

    public var description: String { "\(host):\(port)" }

    private static func basic(_ userInformation: Substring) -> String {
        let user = userInformation.prefix { $0 != ":" }
        let password = userInformation.dropFirst(user.count + 1)
        return "Basic " + Base64.encode(percentDecoded(user) + [UInt8(ascii: ":")] + percentDecoded(password))
    }

    private static func percentDecoded(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest.removeFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}

import Values

/// User and password of a registry, for the engine's `X-Registry-Auth` (1.7). Never logged.
public struct RegistryAuthentication: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    public var username: String
    public var password: String
    public var serverAddress: String

    public init(username: String, password: String, serverAddress: String) {
        self.username = username
        self.password = password
        self.serverAddress = serverAddress
    }

    public var description: String { "credentials for \(serverAddress)" }
    public var debugDescription: String { description }

    /// The header's value: JSON with the documented lower-case keys, in the URL-safe alphabet with padding. The
    /// standard alphabet is silently taken for "no credentials" (1.7).
    func headerValue() throws(DockerError) -> String {
        let document: Value = [
            "username": .string(username), "password": .string(password), "serveraddress": .string(serverAddress),
        ]
        return Base64URL.encode(try JSON.body(document))
    }
}

/// RFC 4648 section 5, with padding.
enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for position in 0..<4 {
                let digit = alphabet[Int(bits >> UInt32(18 - 6 * position)) & 63]
                text.append(position <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

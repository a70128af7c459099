internal import Synchronization

/// Replaces known secrets in texts that leave the process (system.md 8.4). Shared by everything that logs.
public final class Redactor: Sendable {
    /// What stands in the place of a secret.
    public static let replacement = "***"
    /// Shorter texts are no secrets, and replacing them would destroy every line.
    public static let shortestSecret = 4

    /// Longest first, so that a secret inside another one leaves nothing of the longer.
    private let secrets = Mutex<[String]>([])

    public init() {}

    /// Adds secrets, each also in the form that it has inside a URL. Empty and very short ones are ignored.
    public func register(_ new: some Sequence<String>) {
        secrets.withLock { secrets in
            for secret in new.flatMap({ [$0, Self.percentEncoded($0)] })
            where secret.utf8.count >= Self.shortestSecret && !secrets.contains(secret) {
                secrets.append(secret)
            }
            secrets.sort { $0.utf8.count > $1.utf8.count }
        }
    }

    /// The text without any registered secret and without credentials in URLs.
    public func redact(_ text: String) -> String {
        let secrets = secrets.withLock { $0 }
        var bytes = Array(text.utf8)
        var isChanged = false
        for secret in secrets {
            isChanged = Self.replace(Array(secret.utf8), in: &bytes) || isChanged
        }
        isChanged = Self.removeUserInfo(from: &bytes) || isChanged
        return isChanged ? String(decoding: bytes, as: UTF8.self) : text
    }

    private static func replace(_ secret: [UInt8], in bytes: inout [UInt8]) -> Bool {
        guard bytes.count >= secret.count, let first = secret.first else { return false }
        var result: [UInt8] = []
        var copied = 0
        var index = 0
        while index + secret.count <= bytes.count {
            if bytes[index] == first, bytes[index..<index + secret.count].elementsEqual(secret) {
                result += bytes[copied..<index] + Array(replacement.utf8)
                index += secret.count
                copied = index
            } else {
                index += 1
            }
        }
        guard copied > 0 else { return false }
        bytes = result + bytes[copied...]
        return true
    }

    /// `scheme://user:password@host` keeps scheme and host only: proxies carry their password so.
    private static func removeUserInfo(from bytes: inout [UInt8]) -> Bool {
        let marker = Array("://".utf8)
        let stops = Set("/?# \t\r\n\"'<>".utf8)
        var isChanged = false
        var index = 0
        while index + marker.count <= bytes.count {
            guard bytes[index] == marker[0], bytes[index..<index + marker.count].elementsEqual(marker) else {
                index += 1
                continue
            }
            let start = index + marker.count
            let end = bytes[start...].firstIndex(where: stops.contains) ?? bytes.endIndex
            if let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")) {
                bytes.replaceSubrange(start..<at, with: replacement.utf8)
                isChanged = true
            }
            index = start
        }
        return isChanged
    }

    private static func percentEncoded(_ text: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            if plain.contains(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

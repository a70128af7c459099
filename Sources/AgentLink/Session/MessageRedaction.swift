import DeviceProtocol
import Synchronization

/// Takes the secrets of this protocol out of messages that are to be logged (system.md 8.4). The client has removed what
/// belongs to WAMP itself; what is secret in a payload only the device knows.
///
/// Messages come as JSON text that may be cut, so this looks at text. One for each session: answers are recognised by
/// the number of their call.
final class MessageRedaction: Sendable {
    static let replacement = "***"

    /// Calls whose answer is a secret.
    private static let secretAnswers = [BackendProcedure.getAppCredentialKey, BackendProcedure.getRegistryToken]
    /// Members whose value is a secret wherever they are: `docker_credentials`, and what may be named like it.
    private static let secretMembers = ["password", "secret", "token"]

    private let pending = Mutex<Set<Substring>>([])

    init() {}

    func clean(_ text: String) -> String {
        if text.hasPrefix("[48,") {
            let head = text.prefix(256)
            if Self.secretAnswers.contains(where: { head.contains("\"\($0)\"") }), let number = Self.number(in: text) {
                _ = pending.withLock { $0.insert(number) }
            }
        } else if text.hasPrefix("[50,"), let number = Self.number(in: text),
            pending.withLock({ $0.remove(number) }) != nil
        {
            return "[50,\(number),\(Self.replacement)]"
        }
        return Self.secretMembers.reduce(text) { Self.cleaned($0, of: $1) }
    }

    /// The request number of a CALL or RESULT.
    private static func number(in text: String) -> Substring? {
        let rest = text.dropFirst(4)
        let number = rest.prefix { $0.isNumber }
        return number.isEmpty ? nil : number
    }

    /// Replaces the text values of a member.
    private static func cleaned(_ text: String, of member: String) -> String {
        let key = Array("\"\(member)\":\"".utf8)
        let bytes = Array(text.utf8)
        guard bytes.count > key.count else { return text }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == key[0], bytes[index...].starts(with: key) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            result += key + Array(replacement.utf8)
            index = endOfText(bytes, from: index + key.count)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The place of the closing quote, or the end of a message that was cut.
    private static func endOfText(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index, bytes.count)
    }
}

import Values

/// Values that nobody expects where they are put.
struct HostileValues: Sendable {
    var random: SeededRandom

    /// Any value: every kind, extremes of each, keys that the protocol knows with values of another type.
    mutating func value(depth: Int = 3) -> Value {
        switch Int.random(in: 0..<14, using: &random) {
        case 0: return nil
        case 1: return .bool(.random(using: &random))
        case 2: return random.pick(0, 1, -1, .int(.max), .int(.min), .uint(.max), 65_536)
        case 3: return .int(Int64.random(in: -1000...1000, using: &random))
        case 4: return random.pick(0.0, -0.0, 1e308, 0.1, 9.3e18, -1e300)
        case 5...7: return .string(text())
        case 8: return .bytes((0..<Int.random(in: 0..<20, using: &random)).map { UInt8($0) })
        case 9 where depth > 0:
            return .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth: depth - 1) })
        case 10 where random.oneIn(20): return nested(Int.random(in: 4..<110, using: &random))
        default: return depth > 0 ? .object(object(depth: depth - 1)) : []
        }
    }

    /// A dictionary of keys that mean something, and of some that do not.
    mutating func object(depth: Int = 2) -> Object {
        var object: Object = [:]
        for _ in 0..<Int.random(in: 0..<5, using: &random) { object[key()] = value(depth: depth) }
        return object
    }

    mutating func list() -> [Value] { (0..<Int.random(in: 0..<4, using: &random)).map { _ in value() } }

    /// Texts with control characters, path parts, half a character, other scripts, format directives, and long ones.
    mutating func text() -> String {
        switch Int.random(in: 0..<14, using: &random) {
        case 0: ""
        case 1: "\0"
        case 2: "\u{1}\u{1b}[31m\u{7f}\r\n\t"
        case 3: "../../../../etc/passwd"
        case 4: "/"
        case 5: ".."
        case 6: "%s%n%d{}$(id)`id`;'\""
        case 7: "\u{FFFD}\u{10FFFF}\u{200B}\u{202E}e\u{301}"
        case 8: "a.b..c"
        case 9: "wamp.error.\(Int.random(in: 0..<9, using: &random))"
        case 10: "18446744073709551616"
        case 11 where random.oneIn(10): String(repeating: "ü", count: 20_000)
        case 12: "\0no base64"
        default: String(UInt64.random(in: 0...UInt64.max, using: &random), radix: 36)
        }
    }

    private mutating func key() -> String {
        random.pick(
            "progress", "receive_progress", "timeout", "mode", "procedure", "topic", "caller", "caller_authid",
            "registration", "subscription", "reason", "message", "ppt_scheme", "roles", "challenge", "app_key",
            "app_name", "stage", "requestor_account_key", "containerName", "environment", "", "\0", text())
    }

    /// A list in a list in a list …
    private func nested(_ depth: Int) -> Value { (0..<depth).reduce(Value.null) { value, _ in .array([value]) } }
}

import Values

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// A value of any kind, nested at most `depth` levels.
    mutating func value(depth: Int, bytes: Bool) -> Value {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .int(Int64(bitPattern: next()) >> Int64.random(in: 0..<63, using: &self))
        case 3: return .integer(next() >> UInt64.random(in: 0..<64, using: &self))
        case 4: return .double(Double.random(in: -1e6...1e6, using: &self))
        case 5 where bytes: return .bytes(self.bytes())
        case 7:
            return .array((0..<Int.random(in: 0..<5, using: &self)).map { _ in value(depth: depth - 1, bytes: bytes) })
        case 8:
            let count = Int.random(in: 0..<5, using: &self)
            return .object(Object((0..<count).map { _ in (text(), value(depth: depth - 1, bytes: bytes)) }))
        default: return .string(text())
        }
    }

    mutating func bytes() -> [UInt8] {
        (0..<Int.random(in: 0..<20, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// Text with what needs care: control characters, quotes, HTML, separators, characters of four bytes.
    mutating func text() -> String {
        let alphabet = Array("aZ09 \"\\/<>&\n\t\r\u{1}\u{1F}\u{7F}é€\u{2028}\u{2029}😀\u{FFFD}")
        return String(
            (1..<Int.random(in: 2..<12, using: &self)).map { _ in alphabet.randomElement(using: &self) ?? "a" })
    }
}

import Values

/// Renders free-form values as the text of environment variables (app-lifecycle.md 3.1).
enum EnvironmentText {
    /// The text of a value; nil for null, which means "no such variable" (P35).
    static func render(_ value: Value) -> String? {
        raw(value).map(escape)
    }

    private static func raw(_ value: Value) -> String? {
        switch value {
        case .null: nil
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .uint(let number): String(number)
        case .double(let number): text(of: number)
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .array, .object: try? JSON.text(value, style: .compact)
        }
    }

    /// Integral numbers without a fraction: the wire does not tell 8080 from 8080.0.
    private static func text(of number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? String(number)
    }

    /// Line breaks and tabs become two characters each: a variable is one line.
    private static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) else { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x0A: bytes += Array(#"\n"#.utf8)
            case 0x0D: bytes += Array(#"\r"#.utf8)
            case 0x09: bytes += Array(#"\t"#.utf8)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

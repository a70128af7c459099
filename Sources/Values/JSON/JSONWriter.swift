/// Writes JSON text into a growing buffer.
struct JSONWriter {
    let style: JSON.Style
    let binary: JSON.Binary
    private(set) var output: [UInt8] = []
    private var depth = 0

    init(style: JSON.Style, binary: JSON.Binary) {
        self.style = style
        self.binary = binary
    }

    mutating func write(_ value: Value) throws(JSONError) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .int(let number): append(String(number))
        case .uint(let number): append(String(number))
        case .double(let number): append(try NumberText.text(of: number))
        case .string(let text): write(text)
        case .bytes(let bytes): write((binary == .wamp ? "\0" : "") + Base64.encode(bytes))
        case .array(let elements):
            try container("[", "]", elements) { (writer, element) throws(JSONError) in try writer.write(element) }
        case .object(let members):
            try container("{", "}", members) { (writer, member) throws(JSONError) in
                writer.write(member.key)
                writer.append(writer.style == .compact ? ":" : ": ")
                try writer.write(member.value)
            }
        }
    }

    private mutating func container<Elements: Sequence>(
        _ opening: String, _ closing: String, _ elements: Elements,
        _ body: (inout JSONWriter, Elements.Element) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard depth < JSON.Limits.default.depth else {
            throw JSONError(.depth, "nested deeper than \(JSON.Limits.default.depth) levels")
        }
        append(opening)
        depth += 1
        var isEmpty = true
        for element in elements {
            if !isEmpty { append(",") }
            isEmpty = false
            newLine()
            try body(&self, element)
        }
        depth -= 1
        if !isEmpty { newLine() }
        append(closing)
    }

    private mutating func newLine() {
        guard case .goIndented(let spaces) = style else { return }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: depth * max(spaces, 0)))
    }

    private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

    private mutating func write(_ text: String) {
        var text = text
        output.append(UInt8(ascii: "\""))
        text.withUTF8 { bytes in
            var plain = 0
            for index in bytes.indices {
                guard let (escape, width) = escape(bytes, at: index) else { continue }
                output.append(contentsOf: bytes[plain..<index])
                append(escape)
                plain = index + width
            }
            output.append(contentsOf: bytes[plain...])
        }
        output.append(UInt8(ascii: "\""))
    }

    /// What stands for the character that starts there, and its length; nil when it stands for itself.
    private func escape(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (text: String, width: Int)? {
        switch bytes[index] {
        case UInt8(ascii: "\""): return ("\\\"", 1)
        case UInt8(ascii: "\\"): return ("\\\\", 1)
        case 0x0A: return ("\\n", 1)
        case 0x0D: return ("\\r", 1)
        case 0x09: return ("\\t", 1)
        case 0x08: return ("\\b", 1)
        case 0x0C: return ("\\f", 1)
        case 0..<0x20: return (hexadecimal(UInt32(bytes[index])), 1)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            return style == .compact ? nil : (hexadecimal(UInt32(bytes[index])), 1)
        case 0xE2 where style != .compact && index + 2 < bytes.count && bytes[index + 1] == 0x80:
            // U+2028 and U+2029, which are ends of lines in JavaScript.
            return [0xA8, 0xA9].contains(bytes[index + 2]) ? (hexadecimal(0x1F80 + UInt32(bytes[index + 2])), 3) : nil
        default: return nil
        }
    }

    private func hexadecimal(_ scalar: UInt32) -> String {
        let digits = String(scalar, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

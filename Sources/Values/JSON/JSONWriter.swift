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
        append("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            case "\u{8}": append("\\b")
            case "\u{C}": append("\\f")
            case "\0"..<" ": append(escape(scalar))
            case "<", ">", "&", "\u{2028}", "\u{2029}":
                append(style == .compact ? String(Character(scalar)) : escape(scalar))
            default:
                output.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            }
        }
        append("\"")
    }

    private func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

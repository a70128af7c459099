/// Reads JSON text. Nothing is allocated by a length that the text claims: it claims none.
struct JSONReader {
    let bytes: [UInt8]
    let limits: JSON.Limits
    let binary: JSON.Binary
    var position = 0
    var depth = 0

    init(_ bytes: [UInt8], limits: JSON.Limits, binary: JSON.Binary) throws(JSONError) {
        guard bytes.count <= limits.size else {
            throw JSONError(.size, offset: limits.size, "the text is longer than \(limits.size) bytes")
        }
        self.bytes = bytes
        self.limits = limits
        self.binary = binary
    }

    mutating func document() throws(JSONError) -> Value {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw syntax("something follows the value") }
        return value
    }

    mutating func value() throws(JSONError) -> Value {
        skipSpace()
        guard let byte = peek else { throw syntax("the text ends where a value is expected") }
        switch byte {
        case UInt8(ascii: "{"): return try nested { (reader) throws(JSONError) in .object(try reader.object()) }
        case UInt8(ascii: "["): return try nested { (reader) throws(JSONError) in .array(try reader.array()) }
        case UInt8(ascii: "\""): return binaryAware(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw syntax("no value starts like this")
        }
    }

    private mutating func nested(_ body: (inout JSONReader) throws(JSONError) -> Value) throws(JSONError) -> Value {
        guard depth < limits.depth else {
            throw JSONError(.depth, offset: position, "nested deeper than \(limits.depth) levels")
        }
        depth += 1
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func array() throws(JSONError) -> [Value] {
        var elements: [Value] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value())
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw syntax("a comma or the end of the array is expected") }
        }
    }

    private mutating func object() throws(JSONError) -> Object {
        var object = Object()
        skipSpace()
        if take(UInt8(ascii: "}")) { return object }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw syntax("a key is expected") }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw syntax("a colon is expected") }
            object[key] = try value()
            skipSpace()
            if take(UInt8(ascii: "}")) { return object }
            guard take(UInt8(ascii: ",")) else { throw syntax("a comma or the end of the object is expected") }
        }
    }

    @discardableResult
    mutating func literal(_ text: StaticString, _ value: Value) throws(JSONError) -> Value {
        let count = text.utf8CodeUnitCount
        let matches = text.withUTF8Buffer { bytes.dropFirst(position).prefix(count).elementsEqual($0) }
        guard matches else { throw syntax("no value starts like this") }
        position += count
        return value
    }

    /// A text that starts with U+0000 and is not base64 after that stays a text: losing a session for it would be a
    /// denial of service (wamp-protocol.md 4).
    private func binaryAware(_ text: String) -> Value {
        guard binary == .wamp, text.utf8.first == 0, let bytes = Base64.decode(text.utf8.dropFirst()) else {
            return .string(text)
        }
        return .bytes(bytes)
    }
}

// MARK: - The text

extension JSONReader {
    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    func syntax(_ message: String) -> JSONError { JSONError(.syntax, offset: position, message) }
}

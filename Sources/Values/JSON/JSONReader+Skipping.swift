/// The same grammar without the values: what is skipped is accepted exactly when it can be read. Everything but the
/// plainest strings goes through the functions that read.
extension JSONReader {
    mutating func skipValue() throws(JSONError) {
        skipSpace()
        guard let byte = peek else { throw syntax("the text ends where a value is expected") }
        switch byte {
        case UInt8(ascii: "{"): try skipNested { (reader) throws(JSONError) in try reader.skipObject() }
        case UInt8(ascii: "["): try skipNested { (reader) throws(JSONError) in try reader.skipArray() }
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "t"): try literal("true", .null)
        case UInt8(ascii: "f"): try literal("false", .null)
        case UInt8(ascii: "n"): try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber()
        default: throw syntax("no value starts like this")
        }
    }

    private mutating func skipNested(_ body: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        try enter()
        try body(&self)
        depth -= 1
    }

    /// Takes the opening bracket or brace.
    mutating func enter() throws(JSONError) {
        guard depth < limits.depth else {
            throw JSONError(.depth, offset: position, "nested deeper than \(limits.depth) levels")
        }
        depth += 1
        position += 1
    }

    private mutating func skipArray() throws(JSONError) {
        skipSpace()
        if take(UInt8(ascii: "]")) { return }
        while true {
            try skipValue()
            skipSpace()
            if take(UInt8(ascii: "]")) { return }
            guard take(UInt8(ascii: ",")) else { throw syntax("a comma or the end of the array is expected") }
        }
    }

    private mutating func skipObject() throws(JSONError) {
        skipSpace()
        if take(UInt8(ascii: "}")) { return }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw syntax("a key is expected") }
            try skipString()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw syntax("a colon is expected") }
            try skipValue()
            skipSpace()
            if take(UInt8(ascii: "}")) { return }
            guard take(UInt8(ascii: ",")) else { throw syntax("a comma or the end of the object is expected") }
        }
    }

    /// Skips a string whose opening quote is the next byte: plain ASCII here, everything else as it is read.
    private mutating func skipString() throws(JSONError) {
        let quote = position
        position += 1
        while let byte = peek {
            if byte == UInt8(ascii: "\"") {
                position += 1
                return
            }
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\\") else { break }
            position += 1
        }
        position = quote
        _ = try string()
    }
}

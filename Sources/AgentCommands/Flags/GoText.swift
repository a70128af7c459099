/// Texts as the flag package of Go reads and writes them.
enum GoText {
    /// In double quotes, with the escapes of `%q`.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{7}": result += "\\a"
            case "\u{8}": result += "\\b"
            case "\u{b}": result += "\\v"
            case "\u{c}": result += "\\f"
            case "\u{0}"..."\u{1f}", "\u{7f}":
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    static func boolean(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }

    enum NumberError: Error, Equatable {
        case syntax
        case range
    }

    /// `ParseUint` with base 0: decimal, `0x`, `0o`, `0b`, a leading zero for octal, underscores between digits.
    static func unsigned(_ text: String) throws(NumberError) -> UInt64 {
        var digits = text.utf8[...]
        var base: UInt64 = 10
        let start = Array(digits.prefix(2))
        if start.first == UInt8(ascii: "0") {
            base = 8
            let prefixes: [UInt8: UInt64] = [UInt8(ascii: "b"): 2, UInt8(ascii: "o"): 8, UInt8(ascii: "x"): 16]
            if digits.count >= 3, let prefixed = prefixes[start[1] | 0x20] {
                base = prefixed
                digits = digits.dropFirst(2)
            }
        } else if start.isEmpty {
            throw .syntax
        }
        // A base prefix counts as a digit before an underscore.
        var mayPlaceUnderscore = digits.count < text.utf8.count
        var value: UInt64 = 0
        var isOutOfRange = false
        for byte in digits {
            if byte == UInt8(ascii: "_") {
                guard mayPlaceUnderscore else { throw .syntax }
                mayPlaceUnderscore = false
                continue
            }
            guard let digit = digit(byte), digit < base else { throw .syntax }
            mayPlaceUnderscore = true
            let (product, overflow) = value.multipliedReportingOverflow(by: base)
            let (sum, carry) = product.addingReportingOverflow(digit)
            if overflow || carry { isOutOfRange = true }
            value = sum
        }
        guard mayPlaceUnderscore else { throw .syntax }
        guard !isOutOfRange else { throw .range }
        return value
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt64(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt64(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}

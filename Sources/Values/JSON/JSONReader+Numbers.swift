extension JSONReader {
    /// Where the parts of a number lie.
    private struct NumberParts {
        let start: Int
        let firstDigit: Int
        let isNegative: Bool
        let isInteger: Bool
        let hasExponent: Bool
    }

    mutating func number() throws(JSONError) -> Value {
        let parts = try numberParts()
        if parts.isInteger, let value = integer(parts.firstDigit..<position, isNegative: parts.isNegative) {
            return value
        }
        return .double(try double(parts))
    }

    /// The same without the value.
    mutating func skipNumber() throws(JSONError) {
        let parts = try numberParts()
        // 300 digits without an exponent are within the range of a double.
        if parts.hasExponent || position - parts.start > 300 { _ = try double(parts) }
    }

    private func double(_ parts: NumberParts) throws(JSONError) -> Double {
        // Grammar checked before, so only a number beyond the range of a double remains.
        guard let number = Double(String(decoding: bytes[parts.start..<position], as: UTF8.self)), number.isFinite
        else {
            throw JSONError(.numberRange, offset: parts.start, "a number out of range")
        }
        return number
    }

    private mutating func numberParts() throws(JSONError) -> NumberParts {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        let firstDigit = position
        try digits()
        guard bytes[firstDigit] != UInt8(ascii: "0") || position == firstDigit + 1 else {
            throw JSONError(.syntax, offset: firstDigit, "a number with a leading zero")
        }
        let hasFraction = take(UInt8(ascii: "."))
        if hasFraction { try digits() }
        let hasExponent = take(UInt8(ascii: "e")) || take(UInt8(ascii: "E"))
        if hasExponent {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return NumberParts(
            start: start, firstDigit: firstDigit, isNegative: isNegative, isInteger: !hasFraction && !hasExponent,
            hasExponent: hasExponent)
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw syntax("a digit is expected") }
    }

    /// Nil when the number does not fit.
    private func integer(_ range: Range<Int>, isNegative: Bool) -> Value? {
        var magnitude: UInt64 = 0
        for byte in bytes[range] {
            let (product, tooLarge) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.addingReportingOverflow(UInt64(byte &- UInt8(ascii: "0")))
            guard !tooLarge, !overflow else { return nil }
            magnitude = sum
        }
        guard isNegative else { return .integer(magnitude) }
        guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
        return .int(Int64(truncatingIfNeeded: 0 &- magnitude))
    }
}

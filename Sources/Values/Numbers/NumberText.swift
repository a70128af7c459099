/// The text of a double: the shortest that reads back as the same number, laid out as Go and JavaScript do, except that
/// an integral one keeps a fraction (`1.0`), so that it stays a double.
enum NumberText {
    static func text(of number: Double) throws(JSONError) -> String {
        guard number.isFinite else { throw JSONError(.notRepresentable, "not a finite number") }
        let (digits, exponent) = shortest(number.magnitude)
        let sign = number.sign == .minus ? "-" : ""
        return sign + (isScientific(number.magnitude) ? scientific(digits, exponent) : plain(digits, exponent))
    }

    /// The bounds of JavaScript and of Go's JSON package.
    private static func isScientific(_ magnitude: Double) -> Bool {
        magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21)
    }

    /// The significant digits, and where the decimal point stands relative to their start.
    private static func shortest(_ magnitude: Double) -> (digits: String, exponent: Int) {
        let parts = magnitude.description.split(separator: "e")
        let mantissa = (parts.first ?? "0").split(separator: ".")
        let whole = mantissa.first ?? "0"
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        let all = whole + fraction
        let significant = all.drop { $0 == "0" }
        guard !significant.isEmpty else { return ("0", 1) }
        let exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - (all.count - significant.count)
        var digits = String(significant)
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return (digits, exponent)
    }

    private static func plain(_ digits: String, _ exponent: Int) -> String {
        if exponent <= 0 { return "0." + String(repeating: "0", count: -exponent) + digits }
        if exponent >= digits.count {
            return digits + String(repeating: "0", count: exponent - digits.count) + ".0"
        }
        return digits.prefix(exponent) + "." + digits.dropFirst(exponent)
    }

    private static func scientific(_ digits: String, _ exponent: Int) -> String {
        let mantissa = digits.count == 1 ? digits : digits.prefix(1) + "." + digits.dropFirst()
        return mantissa + (exponent > 0 ? "e+" : "e-") + String(abs(exponent - 1))
    }
}

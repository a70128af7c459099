import Values

/// The bar text that engines before 29 sent ready-made as `progress` (1.8).
enum ProgressBar {
    static let columns = 50

    /// The object with `progress` added when it has numbers and no bar; else as it is.
    static func completing(_ object: Object) -> Object {
        guard object["progress"] == nil, let detail = object["progressDetail"]?.object else { return object }
        let current = LenientInteger.signed(detail["current"] ?? .null) ?? 0
        let total = LenientInteger.signed(detail["total"] ?? .null) ?? 0
        guard let bar = text(current: current, total: total) else { return object }
        var completed = object
        completed["progress"] = .string(bar)
        return completed
    }

    /// Nil when there is nothing to show.
    static func text(current: Int64, total: Int64) -> String? {
        guard current > 0 || total > 0 else { return nil }
        let done = size(current)
        let padded = String(repeating: " ", count: max(0, 8 - done.count)) + done
        guard total > 0 else { return padded }
        let percent = Int(min(100, max(0, Double(current) / Double(total) * 100)))
        let filled = min(columns, percent / 2)
        let bar = "[\(String(repeating: "=", count: filled))>\(String(repeating: " ", count: columns - filled))] "
        return current > total ? bar + padded : "\(bar)\(padded)/\(size(total))"
    }

    /// Decimal units, four significant digits, no trailing zeros: `1.234kB`, `20MB`.
    static func size(_ bytes: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        var value = Double(max(0, bytes))
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let decimals = value >= 1000 ? 0 : value >= 100 ? 1 : value >= 10 ? 2 : 3
        let scale = [1.0, 10, 100, 1000][decimals]
        let scaled = Int64((value * scale).rounded(.toNearestOrAwayFromZero))
        let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: Int64(scale))
        guard fraction > 0 else { return "\(whole)\(units[unit])" }
        var digits = "\(fraction)"
        digits = String(repeating: "0", count: max(0, decimals - digits.count)) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)\(units[unit])"
    }
}

/// The time in the name of a rotated file: UTC as `2006-01-02T15-04-05.000` (containers-logs-terminal.md 3.13).
struct RotationStamp: Sendable, Equatable {
    /// Milliseconds since 1970; never negative in the name.
    let milliseconds: Int64

    var text: String {
        let seconds = milliseconds / 1000
        let (year, month, day) = Self.civil(seconds / 86_400)
        let ofDay = seconds % 86_400
        return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2) + "T"
            + Self.padded(ofDay / 3600, 2) + "-" + Self.padded(ofDay / 60 % 60, 2) + "-" + Self.padded(ofDay % 60, 2)
            + "." + Self.padded(milliseconds % 1000, 3)
    }

    /// Whether a text has exactly this layout.
    static func isStamp(_ text: some StringProtocol) -> Bool {
        let layout = "0000-00-00T00-00-00.000"
        return text.utf8.count == layout.utf8.count
            && zip(text.utf8, layout.utf8).allSatisfy { byte, model in
                model == UInt8(ascii: "0") ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == model
            }
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Gregorian date of a number of days since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms").
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let ofEra = shifted % 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * ofYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

import AsyncSupport

/// The stamp in front of a record when `timestamps` was asked for: RFC 3339 with nanoseconds, `Z`, and a space.
enum LogStamp {
    /// `2026-08-04T10:20:30.123456789Z ` — the engine writes all nine digits.
    static let size = 31

    /// The stamp at `index`, and where the text behind it begins. Fractions of other lengths are accepted, as other
    /// versions and log drivers write them.
    static func read(_ bytes: ArraySlice<UInt8>) -> (time: WallTime, end: Int)? {
        guard bytes.count >= 21, isDate(bytes.prefix(20)) else { return nil }
        guard let space = bytes.prefix(40).firstIndex(of: UInt8(ascii: " ")) else { return nil }
        guard let time = WallTime(rfc3339: String(decoding: bytes[..<space], as: UTF8.self)) else { return nil }
        return (time, space + 1)
    }

    /// Cheap test of the fixed part `2026-08-04T10:20:30`, so that text is parsed only when it may be a stamp.
    private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        let first = bytes.startIndex
        return bytes[first + 4] == UInt8(ascii: "-") && bytes[first + 7] == UInt8(ascii: "-")
            && bytes[first + 10] == UInt8(ascii: "T") && bytes[first + 13] == UInt8(ascii: ":")
            && bytes[first + 16] == UInt8(ascii: ":")
    }
}

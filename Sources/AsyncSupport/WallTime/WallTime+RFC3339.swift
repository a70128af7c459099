#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

// MARK: - Writing

extension WallTime {
    /// `2026-11-24T13:40:05Z`; with `fraction`, nine digits of it: `2026-11-24T13:40:05.000000250Z`.
    public func rfc3339UTC(fraction: Bool = false) -> String { rfc3339(offset: 0, fraction: fraction) }

    /// The machine's local time with its offset, whole seconds: `2026-11-24T14:40:05+01:00`, with `Z` for offset 0.
    /// The form of the time stamps in the database (app-lifecycle.md 1.6).
    public func rfc3339Local() -> String { rfc3339(offset: localOffset, fraction: false) }

    func rfc3339(offset: Int64, fraction: Bool) -> String {
        let (shifted, overflow) = seconds.addingReportingOverflow(offset)
        let local = CalendarTime(secondsSince1970: overflow ? seconds : shifted)
        var text = "\(local.year.padded(4))-\(local.month.padded(2))-\(local.day.padded(2))"
        text += "T\(local.hour.padded(2)):\(local.minute.padded(2)):\(local.second.padded(2))"
        if fraction { text += ".\(Int64(nanoseconds).padded(9))" }
        let minutes = offset / 60
        guard minutes != 0 else { return text + "Z" }
        return text + "\(minutes < 0 ? "-" : "+")\((abs(minutes) / 60).padded(2)):\((abs(minutes) % 60).padded(2))"
    }

    /// Seconds east of Greenwich by the machine's zone at this instant; 0 when the C library cannot tell.
    private var localOffset: Int64 {
        guard var time = time_t(exactly: seconds) else { return 0 }
        var parts = tm()
        return localtime_r(&time, &parts) == nil ? 0 : Int64(parts.tm_gmtoff)
    }
}

extension Int64 {
    fileprivate func padded(_ width: Int) -> String {
        let digits = String(magnitude)
        return (self < 0 ? "-" : "") + String(repeating: "0", count: Swift.max(width - digits.count, 0)) + digits
    }
}

// MARK: - Reading

extension WallTime {
    /// Reads `2026-11-24T13:40:05.25+01:00`: upper or lower case `T` and `Z`, a blank for `T`, any number of fraction
    /// digits (those after the ninth are cut), a leap second as the first second of the next minute.
    /// - Returns: nil for anything else, also for days that the month does not have.
    public init?(rfc3339 text: String) {
        var scanner = Scanner(bytes: Array(text.utf8))
        guard let calendar = scanner.calendarTime(), let nanoseconds = scanner.fraction(),
            let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        self.init(seconds: calendar.secondsSince1970 - offset, nanoseconds: nanoseconds)
    }
}

/// Reads the parts of a time stamp from left to right; nil means "not there or out of range".
private struct Scanner {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func calendarTime() -> CalendarTime? {
        guard let year = number(digits: 4, in: 0...9999), accept("-"), let month = number(digits: 2, in: 1...12),
            accept("-"), let day = number(digits: 2, in: 1...CalendarTime.daysInMonth(month, of: year)),
            accept("T", "t", " "), let hour = number(digits: 2, in: 0...23), accept(":"),
            let minute = number(digits: 2, in: 0...59), accept(":"), let second = number(digits: 2, in: 0...60)
        else { return nil }
        return CalendarTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    /// 0 when there is no fraction.
    mutating func fraction() -> Int32? {
        guard accept(".") else { return 0 }
        let start = position
        var (nanoseconds, scale): (Int32, Int32) = (0, 100_000_000)
        while let digit = digit() {
            nanoseconds += Int32(digit) * scale
            scale /= 10
        }
        return position > start ? nanoseconds : nil
    }

    mutating func offset() -> Int64? {
        if accept("Z", "z") { return 0 }
        let sign: Int64
        if accept("+") { sign = 1 } else if accept("-") { sign = -1 } else { return nil }
        guard let hours = number(digits: 2, in: 0...23), accept(":"), let minutes = number(digits: 2, in: 0...59)
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func accept(_ characters: Unicode.Scalar...) -> Bool {
        guard position < bytes.count, characters.contains(Unicode.Scalar(bytes[position])) else { return false }
        position += 1
        return true
    }

    private mutating func digit() -> Int64? {
        guard position < bytes.count, (0x30...0x39).contains(bytes[position]) else { return nil }
        defer { position += 1 }
        return Int64(bytes[position] - 0x30)
    }

    private mutating func number(digits: Int, in range: ClosedRange<Int64>) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return range.contains(value) ? value : nil
    }
}

import Testing

@testable import AsyncSupport

@Suite("Wall time")
struct WallTimeTests {
    @Test(
        "writes RFC 3339 in UTC, before 1970 and on leap days too",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (4_107_456_000, "2100-02-28T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"), (-2_203_977_600, "1900-02-28T00:00:00Z"),
            (-62_135_596_800, "0001-01-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)])
    func utc(seconds: Int64, text: String) {
        #expect(WallTime(seconds: seconds).rfc3339UTC() == text)
        #expect(WallTime(rfc3339: text) == WallTime(seconds: seconds))
    }

    @Test("writes nine digits of fraction when asked")
    func fraction() {
        let time = WallTime(seconds: 0, nanoseconds: 250)
        #expect(time.rfc3339UTC(fraction: true) == "1970-01-01T00:00:00.000000250Z")
        #expect(time.rfc3339UTC() == "1970-01-01T00:00:00Z")
        #expect(WallTime(rfc3339: time.rfc3339UTC(fraction: true)) == time)
    }

    @Test(
        "writes an offset in hours and minutes, and Z for none",
        arguments: [
            (3600, "1970-01-01T01:00:00+01:00"), (-12600, "1969-12-31T20:30:00-03:30"), (0, "1970-01-01T00:00:00Z"),
            (20700, "1970-01-01T05:45:00+05:45"),
        ] as [(Int64, String)])
    func offset(seconds: Int64, text: String) {
        #expect(WallTime(seconds: 0).rfc3339(offset: seconds, fraction: false) == text)
        #expect(WallTime(rfc3339: text) == WallTime(seconds: 0))
    }

    @Test("the local form names the same second, whatever the machine's zone")
    func local() {
        for seconds in [0, 1_700_000_000, 1_720_000_000] as [Int64] {
            let time = WallTime(seconds: seconds, nanoseconds: 5)
            #expect(WallTime(rfc3339: time.rfc3339Local()) == WallTime(seconds: seconds))
        }
    }

    @Test(
        "reads what other programs write",
        arguments: [
            ("2024-02-29t12:00:00.5z", WallTime(seconds: 1_709_208_000, nanoseconds: 500_000_000)),
            ("1970-01-01 00:00:00+00:00", WallTime(seconds: 0)),
            ("1970-01-01T00:00:00.1234567891234Z", WallTime(seconds: 0, nanoseconds: 123_456_789)),
            ("1969-12-31T23:59:59.999-00:00", WallTime(seconds: -1, nanoseconds: 999_000_000)),
            ("2016-12-31T23:59:60Z", WallTime(seconds: 1_483_228_800)),
        ])
    func lenient(text: String, time: WallTime) {
        #expect(WallTime(rfc3339: text) == time)
    }

    @Test(
        "refuses what is no time stamp",
        arguments: [
            "", "1970", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z",
            "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "1970-04-31T00:00:00Z", "1970-01-01T24:00:00Z",
            "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00+24:00",
            "1970-01-01T00:00:00+1:00", "1970-01-01T00:00:00Zx", "٠٩٧٠-01-01T00:00:00Z", "1700000000",
        ])
    func malformed(text: String) {
        #expect(WallTime(rfc3339: text) == nil)
    }

    @Test("arithmetic carries nanoseconds in both directions")
    func arithmetic() {
        let time = WallTime(seconds: 5, nanoseconds: 900_000_000)
        #expect(time.advanced(by: .milliseconds(200)) == WallTime(seconds: 6, nanoseconds: 100_000_000))
        #expect(time.advanced(by: .milliseconds(-950)) == WallTime(seconds: 4, nanoseconds: 950_000_000))
        #expect(time.duration(to: WallTime(seconds: 6)) == .milliseconds(100))
        #expect(WallTime(seconds: 6).duration(to: time) == .milliseconds(-100))
    }

    @Test("extreme instants neither trap nor wrap")
    func extremes() {
        let last = WallTime(seconds: .max, nanoseconds: 999_999_999)
        #expect(last.advanced(by: .seconds(1)) == last)
        #expect(WallTime(seconds: .min).advanced(by: .seconds(-1)) == WallTime(seconds: .min))
        #expect(WallTime(seconds: .min).duration(to: last) == .seconds(Int64.max))
        #expect(last.duration(to: WallTime(seconds: .min)) == .seconds(Int64.min))
        #expect(last.rfc3339UTC().hasSuffix("Z"))
        #expect(!WallTime(seconds: .min).rfc3339Local().isEmpty)
    }

    @Test("every day of four centuries survives a round trip")
    func everyDay() {
        for day in stride(from: Int64(-60_000), to: 86_097, by: 1) {
            let seconds = day * 86400 + 43_210
            #expect(CalendarTime(secondsSince1970: seconds).secondsSince1970 == seconds)
        }
    }
}

import Testing
import Values

@Suite("JSON numbers")
struct JSONNumberTests {
    static let integers: [(String, Value)] = [
        ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("9007199254740993", 9_007_199_254_740_993),
        ("9223372036854775807", .int(.max)), ("9223372036854775808", .uint(1 << 63)),
        ("18446744073709551615", .uint(.max)), ("-9223372036854775808", .int(.min)),
    ]

    @Test("Integers are exact over both 64-bit ranges", arguments: integers.indices)
    func exactIntegers(_ index: Int) throws {
        let (text, value) = Self.integers[index]
        #expect(try JSON.decode(text) == value)
        #expect(try JSON.text(value) == (text == "-0" ? "0" : text))
    }

    @Test("Integers beyond 64 bits become doubles")
    func largeIntegers() throws {
        #expect(try JSON.decode("18446744073709551616") == .double(18_446_744_073_709_551_616))
        #expect(try JSON.decode("-9223372036854775809") == .double(-9_223_372_036_854_775_808))
        #expect(try JSON.decode("1" + String(repeating: "0", count: 30)) == .double(1e30))
    }

    @Test("A fraction or an exponent makes a double, whatever its value")
    func doubles() throws {
        for (text, number) in [
            ("1.0", 1), ("1e2", 100), ("1E+2", 100), ("-0.0", 0), ("5e-1", 0.5), ("0e5", 0), ("1e-400", 0),
        ] {
            #expect(try JSON.decode(text) == .double(number), "\(text)")
        }
    }

    @Test("A number beyond the range of a double is refused")
    func range() {
        for text in ["1e309", "-1e309", "1" + String(repeating: "0", count: 400)] {
            let error = #expect(throws: JSONError.self) { try JSON.decode(text) }
            #expect(error?.code == .numberRange)
        }
    }

    static let texts: [(Double, String)] = [
        (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (-1, "-1.0"), (100, "100.0"), (1.5, "1.5"), (0.1, "0.1"),
        (123.456, "123.456"),
        (0.0001, "0.0001"), (0.00001, "0.00001"), (0.000001, "0.000001"), (0.0000001, "1e-7"), (1.25e-7, "1.25e-7"),
        (1e15, "1000000000000000.0"), (1e16, "10000000000000000.0"), (1.5e20, "150000000000000000000.0"),
        (1e21, "1e+21"), (1.5e300, "1.5e+300"), (.leastNonzeroMagnitude, "5e-324"),
        (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
        (0.1 + 0.2, "0.30000000000000004"), (9_007_199_254_740_992, "9007199254740992.0"), (-123.5, "-123.5"),
    ]

    @Test("Doubles are written shortest and stay doubles", arguments: texts.indices)
    func shortestTexts(_ index: Int) throws {
        let (number, text) = Self.texts[index]
        #expect(try JSON.text(.double(number)) == text)
        let back = try JSON.decode(text)
        guard case .double(let read) = back else {
            Issue.record("\(text) is no double any more")
            return
        }
        #expect(read == number)
        #expect(read.sign == number.sign)
    }

    @Test("Random bit patterns of doubles survive writing and reading")
    func randomDoubles() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<5000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            #expect(try JSON.decode(try JSON.text(.double(number))) == .double(number))
        }
    }

    @Test("NaN and infinity cannot be written")
    func notFinite() {
        for number in [Double.nan, .infinity, -.infinity] {
            let error = #expect(throws: JSONError.self) { try JSON.encode([.double(number)]) }
            #expect(error?.code == .notRepresentable)
        }
    }
}

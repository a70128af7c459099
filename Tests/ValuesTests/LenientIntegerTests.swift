import Testing
import Values

@Suite("Lenient integers")
struct LenientIntegerTests {
    static let table: [(Value, UInt64?, Int64?)] = [
        (0, 0, 0), (5, 5, 5), (-5, nil, -5), (.int(.max), UInt64(Int64.max), .max), (.int(.min), nil, .min),
        (.uint(.max), .max, nil), (.uint(1 << 63), 1 << 63, nil), (3.0, 3, 3), (-3.0, nil, -3), (3.5, nil, nil),
        (-0.0, 0, 0), (1e300, nil, nil), (.double(.nan), nil, nil), (.double(.infinity), nil, nil),
        (9_007_199_254_740_992.0, 9_007_199_254_740_992, 9_007_199_254_740_992), ("42", 42, 42), ("-42", nil, -42),
        ("18446744073709551615", .max, nil), ("18446744073709551616", nil, nil), ("", nil, nil), (" 4", nil, nil),
        ("4.0", nil, nil),
        ("0x4", nil, nil), ("four", nil, nil), (nil, nil, nil), (true, nil, nil), ([1], nil, nil), (["a": 1], nil, nil),
        (.bytes([49]), nil, nil),
    ]

    @Test("Integral numbers of every kind are accepted, nothing else", arguments: table.indices)
    func readsTable(_ index: Int) {
        let (value, unsigned, signed) = Self.table[index]
        #expect(LenientInteger.unsigned(value) == unsigned)
        #expect(LenientInteger.signed(value) == signed)
    }
}

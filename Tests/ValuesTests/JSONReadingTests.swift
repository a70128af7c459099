import Testing
import Values

@Suite("JSON reading")
struct JSONReadingTests {
    static let valid: [(String, Value)] = [
        ("null", .null), ("true", true), ("false", false), (" \t\r\n0 ", 0), ("\"\"", ""), ("[]", []), ("{}", [:]),
        ("[ ]", []), ("{ }", [:]), ("[1,2]", [1, 2]), ("[[],[[]]]", [[], [[]]]),
        (#"{"a":1,"b":[null,{"c":"d"}]}"#, ["a": 1, "b": [nil, ["c": "d"]]]),
        (#"{"":0}"#, ["": 0]), (#"{ "a" : 1 , "b" : 2 }"#, ["a": 1, "b": 2]), (#"{"a":1,"a":2}"#, ["a": 2]),
        (#""a\"b\\c\/d\be\ff\ng\rh\ti""#, .string("a\"b\\c/d\u{8}e\u{C}f\ng\rh\ti")),
        (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\uD83D\uDE00""#, "😀"), (#""\u0000""#, "\0"),
        ("\"é😀\u{7F}\u{2028}\"", "é😀\u{7F}\u{2028}"),
    ]

    @Test("Valid texts are read as the values they stand for", arguments: valid.indices)
    func readsValid(_ index: Int) throws {
        let (text, expected) = Self.valid[index]
        #expect(try JSON.decode(text) == expected)
    }

    static let invalid = [
        "", " ", "nul", "nulL", "True", "tru", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}", "{\"a\" 1}", "'a'", "\"a", "\"\\", "\"\\u", "\"\\u12",
        "\"\\u12G4\"",
        "\"\\x41\"", "\"\n\"", "\"\t\"", "\"\u{1}\"", "\"\\n\n\"", "1 2", "null,", "[]]", "+1", "-", "--1", "01", "-01",
        "00", "1.", ".5",
        "1.e3", "1e", "1e+", "1e-", "0x10", "NaN", "Infinity", "-Infinity", "1_000", "/* */1", "// x\n1", "[1]x",
        "\u{FEFF}1",
    ]

    @Test("Texts that break the grammar are refused", arguments: invalid)
    func refusesInvalid(_ text: String) {
        let error = #expect(throws: JSONError.self) { try JSON.decode(text) }
        #expect(error?.code == .syntax)
        #expect((0...text.utf8.count).contains(error?.offset ?? -1))
    }

    @Test("Errors point at the byte where the text goes wrong")
    func offsets() {
        for (text, offset) in [("[1,x]", 3), ("{\"é\":tru}", 6), ("[01]", 1), ("1 1", 2), ("\"a\\q\"", 3)] {
            let error = #expect(throws: JSONError.self) { try JSON.decode(text) }
            #expect(error?.offset == offset, "\(text)")
        }
    }

    @Test("Every prefix of a valid text is refused, none traps")
    func prefixes() throws {
        let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00",true,false,null,{"b":{}}]}"#.utf8)
        _ = try JSON.decode(text)
        for length in 0..<text.count {
            #expect(throws: JSONError.self) { try JSON.decode(Array(text[..<length])) }
        }
    }

    static let halves: [(String, String)] = [
        (#""\uD83D""#, "\u{FFFD}"), (#""\uDE00""#, "\u{FFFD}"), (#""\uD83Dx""#, "\u{FFFD}x"),
        (#""\uD83D\u0041""#, "\u{FFFD}A"), (#""\uD83D\uD83D\uDE00""#, "\u{FFFD}😀"), (#""\uD83D\n""#, "\u{FFFD}\n"),
        (#""\uDE00\uD83D""#, "\u{FFFD}\u{FFFD}"),
    ]

    @Test("Half a surrogate pair becomes U+FFFD and costs nothing else", arguments: halves.indices)
    func halfPairs(_ index: Int) throws {
        #expect(try JSON.decode(Self.halves[index].0) == .string(Self.halves[index].1))
    }

    static let notUTF8: [[UInt8]] = [
        [0xFF], [0xC0, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80], [0xC3],
    ]

    @Test("Bytes that are not UTF-8 are refused with their offset", arguments: notUTF8)
    func invalidUTF8(_ bytes: [UInt8]) {
        for before in [Array("\"ab".utf8), Array("\"a\\n".utf8), Array("\"é".utf8)] {
            let error = #expect(throws: JSONError.self) { try JSON.decode(before + bytes + Array("\"".utf8)) }
            #expect(error?.code == .invalidUTF8)
            #expect(error?.offset == before.count)
        }
    }

    @Test("Nesting is allowed up to the limit and not beyond, for arrays and objects")
    func depth() throws {
        func arrays(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        func objects(_ depth: Int) -> String {
            String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
        }
        for make in [arrays, objects] {
            _ = try JSON.decode(make(128))
            let error = #expect(throws: JSONError.self) { try JSON.decode(make(129)) }
            #expect(error?.code == .depth)
        }
        _ = try JSON.decode(arrays(3), limits: .init(depth: 3))
        #expect(throws: JSONError.self) { try JSON.decode(arrays(4), limits: .init(depth: 3)) }
    }

    @Test("A million opening brackets are refused, not a stack overflow")
    func hostileDepth() {
        for byte in [UInt8(ascii: "["), UInt8(ascii: "{")] {
            #expect(throws: JSONError.self) { try JSON.decode([UInt8](repeating: byte, count: 1_000_000)) }
        }
    }

    @Test("The depth counts nesting, not the number of siblings")
    func siblings() throws {
        let text = "[" + Array(repeating: "[]", count: 1000).joined(separator: ",") + "]"
        #expect(try JSON.decode(text).array?.count == 1000)
    }

    @Test("A text longer than the limit is refused before it is read")
    func size() throws {
        #expect(try JSON.decode("[1]", limits: .init(size: 3)) == [1])
        let error = #expect(throws: JSONError.self) { try JSON.decode("xxxx", limits: .init(size: 3)) }
        #expect(error?.code == .size)
    }

    @Test("The order of members is kept, and the last of equal keys wins in the first's place")
    func order() throws {
        let object = try JSON.decode(#"{"b":1,"a":2,"b":3}"#).object
        #expect(object?.keys == ["b", "a"])
        #expect(object?["b"] == 3)
    }

    @Test("A sequence of bytes is read like an array")
    func sequence() throws {
        #expect(try JSON.decode("[1,2]".utf8.lazy.map { $0 }) == [1, 2])
        #expect(try JSON.decode(Array("x[1]y".utf8)[1..<4]) == [1])
    }

    @Test("Keys are read by the rules of strings")
    func keys() throws {
        #expect(try JSON.decode(#"{"\u0061\n\ud83d\ude00":1}"#) == ["a\n😀": 1])
        #expect(throws: JSONError.self) { try JSON.decode("{\"a\nb\":1}") }
        #expect(throws: JSONError.self) { try JSON.decode(Array("{\"".utf8) + [0xFF] + Array("\":1}".utf8)) }
    }

    @Test("Long texts and long lists are read whole")
    func long() throws {
        let text = String(repeating: "ä", count: 100_000)
        #expect(try JSON.decode("\"\(text)\"") == .string(text))
        #expect(try JSON.decode("\"\\n\(text)\"") == .string("\n" + text))
        #expect(
            try JSON.decode("[" + Array(repeating: "7", count: 50_000).joined(separator: ",") + "]").array?.count
                == 50_000)
    }
}

import Testing
import Values

@Suite("JSON writing")
struct JSONWritingTests {
    @Test("The compact style has no space and keeps the members' order")
    func compact() throws {
        let value: Value = ["b": [1, 2.5, nil, true], "a": ["x": "y"], "e": [:], "f": []]
        #expect(try JSON.text(value) == #"{"b":[1,2.5,null,true],"a":{"x":"y"},"e":{},"f":[]}"#)
    }

    @Test("Go's indented layout: one space per level, empty containers on one line")
    func indented() throws {
        let value: Value = ["name": "dev", "list": [1, ["k": false]], "none": [:], "empty": [], "n": nil]
        let expected = """
            {
             "name": "dev",
             "list": [
              1,
              {
               "k": false
              }
             ],
             "none": {},
             "empty": [],
             "n": null
            }
            """
        #expect(try JSON.text(value, style: .goIndented(1)) == expected)
        #expect(try JSON.text([1], style: .goIndented(4)) == "[\n    1\n]")
        #expect(try JSON.text([], style: .goIndented(1)) == "[]")
        #expect(try JSON.text("x", style: .goIndented(1)) == "\"x\"")
    }

    @Test("Control characters, quotes and backslashes are escaped in both styles")
    func escapes() throws {
        let text: Value = "\"\\\n\r\t\u{8}\u{C}\0\u{1F}\u{7F}/"
        let expected = #""\"\\\n\r\t\b\f\u0000\u001f"# + "\u{7F}/\""
        #expect(try JSON.text(text) == expected)
        #expect(try JSON.text(text, style: .goIndented(1)) == expected)
    }

    @Test("Only Go's layout escapes what could end up in HTML, in keys too")
    func html() throws {
        let value: Value = ["<k>": "a<b>&\u{2028}\u{2029}"]
        #expect(try JSON.text(value) == "{\"<k>\":\"a<b>&\u{2028}\u{2029}\"}")
        #expect(
            try JSON.text(value, style: .goIndented(1))
                == "{\n \"\\u003ck\\u003e\": \"a\\u003cb\\u003e\\u0026\\u2028\\u2029\"\n}")
    }

    @Test("Characters of several scalars are written scalar by scalar")
    func scalars() throws {
        #expect(try JSON.text("e\u{301}\r\n👨‍👩‍👧") == "\"e\u{301}\\r\\n👨‍👩‍👧\"")
    }

    @Test("Values nested beyond the limit are refused, not a stack overflow")
    func depth() throws {
        var value: Value = 1
        for _ in 0..<128 { value = [value] }
        _ = try JSON.encode(value)
        let error = #expect(throws: JSONError.self) { try JSON.encode([value]) }
        #expect(error?.code == .depth)
    }

    @Test("Random values survive writing and reading in both styles")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 42)
        for _ in 0..<1000 {
            let value = random.value(depth: 4, bytes: false)
            #expect(try JSON.decode(try JSON.encode(value)) == value)
            #expect(try JSON.decode(try JSON.encode(value, style: .goIndented(1))) == value)
        }
    }

    @Test("Random damage to a text never traps")
    func damage() throws {
        var random = SeededGenerator(seed: 3)
        var refused = 0
        for _ in 0..<2000 {
            var bytes = try JSON.encode(random.value(depth: 3, bytes: false))
            let index = Int.random(in: 0..<bytes.count, using: &random)
            bytes[index] = UInt8.random(in: 0...255, using: &random)
            do {
                // What is still accepted is a value that can be written.
                let value = try JSON.decode(bytes)
                #expect(try JSON.decode(try JSON.encode(value)) == value)
            } catch {
                refused += 1
                #expect((0...bytes.count).contains(error.offset))
            }
        }
        #expect(refused > 100)
    }

    @Test("The description of an error holds the sentence and the place")
    func description() {
        #expect(JSONError(.syntax, offset: 3, "a colon is expected").description == "a colon is expected (offset 3)")
    }

    @Test("Escapes stand at any place of a text; neighbours of the separators stay as they are")
    func escapesBetweenText() throws {
        let cases: [(String, String)] = [
            ("", ""), ("a", "a"), ("\"a\"", #"\"a\""#), ("a\nb\nc", #"a\nb\nc"#), ("é\té", #"é\té"#),
            ("\u{2027}\u{2028}\u{202A}", "\u{2027}\\u2028\u{202A}"), ("€\u{2029}", "€\\u2029"),
            ("\u{80}\u{A8}", "\u{80}\u{A8}"), ("a\u{2028}", "a\\u2028"), ("<a", "\\u003ca"), ("a&", "a\\u0026"),
        ]
        for (text, written) in cases {
            #expect(try JSON.text(.string(text), style: .goIndented(1)) == "\"\(written)\"")
            #expect(try JSON.decode("\"\(written)\"") == .string(text))
        }
    }
}

import Testing
import Values

@Suite("Byte strings")
struct BinaryTests {
    static let vectors: [(String, String)] = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test("The examples of RFC 4648 hold in both directions", arguments: vectors.indices)
    func base64(_ index: Int) {
        let (plain, encoded) = Self.vectors[index]
        #expect(Base64.encode(plain.utf8) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test(
        "What base64 encoding does not write is not read",
        arguments: [
            "Z", "Zg", "Zg=", "Zg===", "=Zg=", "====", "Zm9v Zm9v", "Zm9v\n", "Zm9-", "Zm_v", "Zh==", "Zm9=",
            "Zg==Zg==", "é",
        ])
    func badBase64(_ text: String) { #expect(Base64.decode(text) == nil) }

    @Test("Every byte value survives")
    func allBytes() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }

    @Test("With the WAMP convention byte strings survive JSON")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let value = random.value(depth: 3, bytes: true)
            #expect(try JSON.decode(try JSON.encode(value, binary: .wamp), binary: .wamp) == value)
        }
    }

    @Test("Text after U+0000 that is not base64 stays text")
    func fallback() throws {
        #expect(try JSON.decode(#""\u0000AP8""#, binary: .wamp) == "\0AP8")
        #expect(try JSON.decode(#""\u0000 AP8=""#, binary: .wamp) == "\0 AP8=")
        #expect(try JSON.decode(#""AP8=""#, binary: .wamp) == "AP8=")
    }

    @Test("Keys are never byte strings")
    func keys() throws {
        #expect(try JSON.decode(#"{"\u0000AP8=":1}"#, binary: .wamp).object?.keys == ["\0AP8="])
    }

    @Test("Files know no byte strings: read as text, written as base64 text")
    func plain() throws {
        #expect(try JSON.decode(#""\u0000AP8=""#) == "\0AP8=")
        #expect(try JSON.text(.bytes([0, 255])) == "\"AP8=\"")
        #expect(try JSON.text(.bytes([0, 255]), binary: .wamp) == #""\u0000AP8=""#)
    }
}

import Testing
import Values

/// What comes out when every element is read, or when every element is skipped and its bytes are read alone.
private enum Outcome: Equatable {
    case value(Value)
    case fault(JSONError.Code)
    case noList

    static func whole(_ bytes: [UInt8], _ limits: JSON.Limits) -> Outcome {
        do {
            let value = try JSON.decode(bytes, limits: limits, binary: .wamp)
            return value.array == nil ? .noList : .value(value)
        } catch {
            return .fault(error.code)
        }
    }

    /// - Parameter skipping: from that element on.
    static func pieces(_ bytes: [UInt8], _ limits: JSON.Limits, skipping: Int) -> Outcome {
        do throws(JSONError) {
            guard var list = try JSONListReader(bytes, limits: limits, binary: .wamp) else { return .noList }
            var values: [Value] = []
            while values.count < skipping, let value = try list.next() { values.append(value) }
            var skipped: [JSONListReader.Skipped] = []
            while let element = try list.skip() { skipped.append(element) }
            for element in skipped {
                let value = try JSON.decode(Array(bytes[element.range]), limits: limits, binary: .wamp)
                #expect(element.kind == kind(value))
                values.append(value)
            }
            return .value(.array(values))
        } catch {
            return .fault(error.code)
        }
    }

    private static func kind(_ value: Value) -> JSONListReader.Skipped.Kind {
        switch value {
        case .null: .null
        case .array(let elements): elements.isEmpty ? .emptyArray : .array
        case .object(let members): members.isEmpty ? .emptyObject : .object
        default: .scalar
        }
    }
}

@Suite("Reading a list element by element")
struct JSONListReaderTests {
    private static let limits = JSON.Limits(depth: 6, size: 1000)

    private func agrees(_ bytes: [UInt8]) -> Outcome {
        let whole = Outcome.whole(bytes, Self.limits)
        for skipping in [0, 1, 3, 100] {
            let pieces = Outcome.pieces(bytes, Self.limits, skipping: skipping)
            // A text that is no list may be faulty further on; that is for the other reader to say.
            if pieces == .noList, case .fault = whole { continue }
            #expect(pieces == whole, "\(String(decoding: bytes, as: UTF8.self)) skipping \(skipping)")
        }
        return whole
    }

    static let texts = [
        "[]", " [ ] ", "[1]", "[1,2]", "[[],{},null,true,false]", "[[ ],{ }]",
        "[\"\",\"a\",\"ä€𝄞\",\"\\n\\u00e4\\ud834\\udd1e\"]",
        "[-0,0.5,1e5,1E-5,18446744073709551615,-9223372036854775808]",
        "[{\"a\":[1,{\"b\":null}],\"c\":\"d\"}, [1 , 2]]",
        "[\"\\u0000EOP/\",\"\\u0000?\"]", "[36,5512315355,4429313566,{},[\"Hello\",1.25,true],{\"kw\":{\"deep\":[0]}}]",
        "[1,2", "[1,]", "[,1]", "[1 2]", "[1]x", "[1],", "", "{", "{}", "1", "null", "[\"a]", "[\"\\x\"]",
        "[\"\\u12\"]",
        "[01]", "[1.]", "[.5]", "[1e]", "[+1]", "[1e999]", "[-]", "[tru]", "[nulll]", "[{1:2}]", "[{\"a\"}]",
        "[{\"a\":}]", "[{\"a\":1,}]", "[[[[[[]]]]]]", "[[[[[[[]]]]]]]", "[{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}]",
        "[\"\u{1}\"]",
    ]

    @Test("Skipping accepts what reading accepts, and its bytes are those of the value", arguments: texts)
    func examples(_ text: String) { _ = agrees(Array(text.utf8)) }

    @Test("Bad UTF-8 in a skipped text is found, in a key and in a value, with and without escapes")
    func utf8() {
        for bytes in [[0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xc0, 0x80]]
            as [[UInt8]]
        {
            for escape in [[], Array("\\n".utf8)] {
                let text = Array("\"".utf8) + escape + bytes + escape + Array("\"".utf8)
                #expect(agrees(Array("[".utf8) + text + Array("]".utf8)) == .fault(.invalidUTF8))
                #expect(agrees(Array("[{".utf8) + text + Array(":1}]".utf8)) == .fault(.invalidUTF8))
            }
        }
    }

    @Test("Numbers out of range are found without reading them")
    func numbers() {
        #expect(agrees(Array("[1e400]".utf8)) == .fault(.numberRange))
        #expect(agrees(Array("[\(String(repeating: "9", count: 309))]".utf8)) == .fault(.numberRange))
        #expect(agrees(Array("[\(String(repeating: "9", count: 301)).5]".utf8)) != .fault(.numberRange))
        #expect(agrees(Array("[-\(String(repeating: "9", count: 310))]".utf8)) == .fault(.numberRange))
    }

    @Test("The limit of the size holds")
    func size() {
        #expect(agrees(Array("[\"\(String(repeating: "x", count: 996))\"]".utf8)) != .fault(.size))
        #expect(agrees(Array("[\"\(String(repeating: "x", count: 997))\"]".utf8)) == .fault(.size))
    }

    @Test("20,000 damaged texts are judged alike by both readers", arguments: 0..<20 as Range<UInt64>)
    func mutations(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("[]{},:\"\\u0019aenltrfs.+-E \u{0}".utf8) + [0xc3, 0xa4, 0xff, 0xed, 0xa0, 0x80]
        var (accepted, refused) = (0, 0)
        for _ in 0..<1000 {
            var bytes = Array((Self.texts.randomElement(using: &random) ?? "[]").utf8)
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let byte = alphabet.randomElement(using: &random) ?? 0
                let place = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.insert(byte, at: place)
                case 1 where place < bytes.count: bytes.remove(at: place)
                case 2 where place < bytes.count: bytes[place] = byte
                default:
                    let other = Array((Self.texts.randomElement(using: &random) ?? "").utf8)
                    bytes.insert(contentsOf: other.prefix(Int.random(in: 0..<12, using: &random)), at: place)
                }
            }
            if case .value = agrees(bytes) { accepted += 1 } else { refused += 1 }
        }
        #expect(accepted > 10)
        #expect(refused > 100)
    }
}

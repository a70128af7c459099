import Testing

@testable import DockerEngine

/// Nothing that an engine sends may trap, and nothing that was delivered may depend on where reads were cut.
@Suite("Stream parsers against arbitrary bytes")
struct ParserFuzzTests {
    /// A small generator with a seed, so that a failure can be repeated.
    struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// Bytes of an alphabet that reaches the parsers' branches more often than plain noise does.
    private static func bytes(_ random: inout Seeded, alphabet: [UInt8]) -> [UInt8] {
        (0..<Int.random(in: 0...200, using: &random)).map { _ in
            Bool.random(using: &random)
                ? alphabet.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
        }
    }

    private static func pieces(_ bytes: [UInt8], _ random: inout Seeded) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = Int.random(in: 1...max(1, min(9, rest.count)), using: &random)
            pieces.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return pieces
    }

    @Test("frames: whole or in pieces, the same frames or the same refusal", arguments: 0..<200)
    func demultiplexer(seed: UInt64) {
        var random = Seeded(state: seed)
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let payload = Self.bytes(&random, alphabet: [0x0A, 0, 1, 2])
            bytes += StreamDemultiplexerTests.frame(UInt8.random(in: 0...3, using: &random), payload)
        }
        if Bool.random(using: &random) { bytes += Self.bytes(&random, alphabet: [0, 1, 2]) }
        var whole = StreamDemultiplexer()
        var cut = StreamDemultiplexer()
        let expected = Result { try whole.append(bytes) }
        let found = Result { try Self.pieces(bytes, &random).flatMap { try cut.append($0) } }
        if case .success(let frames) = expected {
            #expect((try? found.get()) == frames)
        } else {
            #expect((try? found.get()) == nil)
        }
    }

    @Test("objects: whole or in pieces, the same objects or the same refusal", arguments: 0..<200)
    func splitter(seed: UInt64) {
        var random = Seeded(state: seed)
        let bytes = [UInt8(ascii: "{")] + Self.bytes(&random, alphabet: Array(#"{}[]"\ "#.utf8) + [0x0A])
        var whole = JSONObjectSplitter()
        var cut = JSONObjectSplitter()
        let expected = try? whole.append(bytes)
        let found = try? Self.pieces(bytes, &random).flatMap { try cut.append($0) }
        #expect(found == expected)
    }

    @Test("lines: whole or in pieces the same, every byte is in one of them", arguments: [false, true], 0..<100)
    func lines(hasTimestamps: Bool, seed: UInt64) {
        var random = Seeded(state: seed)
        var bytes: [UInt8] = []
        for _ in 0..<5 {
            if Bool.random(using: &random) { bytes += Array(LogLineAssemblerTests.stamp.utf8) }
            bytes += Self.bytes(&random, alphabet: Array("2026-08-04T10:20:30.1Z \r\n".utf8))
        }
        var whole = LogLineAssembler(hasTimestamps: hasTimestamps)
        var cut = LogLineAssembler(hasTimestamps: hasTimestamps)
        let expected = whole.append(raw: bytes) + whole.finish()
        let found = Self.pieces(bytes, &random).flatMap { cut.append(raw: $0) } + cut.finish()
        #expect(found == expected)
        let ends = bytes.count { $0 == 0x0A }
        #expect(expected.count == ends || expected.count == ends + 1)
        #expect(expected.allSatisfy { !$0.text.utf8.contains(0) && !$0.text.utf8.contains(0x0A) })
    }

    @Test("records of any bytes make lines and never trap", arguments: 0..<100)
    func records(seed: UInt64) {
        var random = Seeded(state: seed)
        var assembler = LogLineAssembler(hasTimestamps: true)
        var lines: [LogLine] = []
        var ends = 0
        for _ in 0..<10 {
            let record =
                Array(LogLineAssemblerTests.stamp.utf8.prefix(Int.random(in: 0...31, using: &random)))
                + Self.bytes(&random, alphabet: [0x0A, 0x0D, 0x20])
            ends += record.count { $0 == 0x0A }
            lines += assembler.append(record: record)
        }
        lines += assembler.finish()
        #expect(lines.count == ends || lines.count == ends + 1)
    }
}

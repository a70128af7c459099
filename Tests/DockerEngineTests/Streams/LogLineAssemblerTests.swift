import AsyncSupport
import Testing

@testable import DockerEngine

@Suite("Making lines of log records")
struct LogLineAssemblerTests {
    static let stamp = "2026-08-04T10:20:30.123456789Z "
    static let later = "2026-08-04T10:20:30.223456789Z "
    static let time = WallTime(rfc3339: "2026-08-04T10:20:30.123456789Z")

    private func raw(_ pieces: [String], hasTimestamps: Bool = false) -> [LogLine] {
        var assembler = LogLineAssembler(hasTimestamps: hasTimestamps)
        return pieces.flatMap { assembler.append(raw: Array($0.utf8)) } + assembler.finish()
    }

    private func records(_ pieces: [String]) -> [LogLine] {
        var assembler = LogLineAssembler(hasTimestamps: true)
        return pieces.flatMap { assembler.append(record: Array($0.utf8)) } + assembler.finish()
    }

    @Test("lines are cut at line feeds, wherever the pieces end; the last unfinished one counts")
    func lines() {
        #expect(raw(["one\ntw", "o\n\nlast"]).map(\.text) == ["one", "two", "", "last"])
        #expect(raw(["a\n"]).map(\.text) == ["a"])
        #expect(raw([]).isEmpty)
    }

    @Test("one carriage return at the end goes, inner ones stay")
    func carriageReturns() {
        #expect(raw(["10%\r20%\r\n", "a\r", "\n", "b\r\r\n"]).map(\.text) == ["10%\r20%", "a", "b\r"])
    }

    @Test("a record's stamp becomes the line's time")
    func stamps() {
        #expect(records([Self.stamp + "hello\n"]) == [LogLine(time: Self.time, text: "hello")])
        #expect(raw([Self.stamp + "hello\r\n"], hasTimestamps: true) == [LogLine(time: Self.time, text: "hello")])
        #expect(raw([Self.stamp + "\r\n"], hasTimestamps: true) == [LogLine(time: Self.time, text: "")])
        #expect(records(["no stamp\n"]) == [LogLine(time: nil, text: "no stamp")])
    }

    @Test("stamps of fragments vanish from joined lines of records")
    func fragmentsOfRecords() {
        let fragment = String(repeating: "x", count: 16_384)
        let lines = records([Self.stamp + fragment, Self.later + fragment, Self.later + "end\n", Self.later + "next\n"])
        #expect(lines.map(\.text) == [fragment + fragment + "end", "next"])
        #expect(lines.first?.time == Self.time)
    }

    @Test(
        "stamps of fragments vanish from a terminal's log, cut anywhere", arguments: [1_000, 16_384, 16_400, 100_000])
    func fragmentsOfTerminals(size: Int) {
        let fragment = String(repeating: "2", count: 16_384)
        let bytes = Array("\(Self.stamp)\(fragment)\(Self.later)\(fragment)\(Self.later)end\r\n\(Self.stamp)n\r\n".utf8)
        var assembler = LogLineAssembler(hasTimestamps: true)
        var lines: [LogLine] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines += assembler.append(raw: bytes[start..<min(start + size, bytes.count)])
        }
        #expect(lines.map(\.text) == [fragment + fragment + "end", "n"])
        #expect(lines.allSatisfy { $0.time == Self.time })
    }

    @Test("a date inside a text is left alone")
    func dateInText() {
        let text = "at \(Self.later)it happened"
        #expect(raw([Self.stamp + text + "\n"], hasTimestamps: true).map(\.text) == [text])
    }

    @Test("a terminal's line of a mebibyte with stamps keeps no stamp and loses no byte (C-33)")
    func longTerminalLine() {
        let fragment = String(repeating: "y", count: 16_384)
        var assembler = LogLineAssembler(hasTimestamps: true)
        var lines: [LogLine] = []
        for _ in 0..<64 { lines += assembler.append(raw: Array((Self.stamp + fragment).utf8)) }
        lines += assembler.append(raw: [0x0A])
        #expect(lines.reduce(0) { $0 + $1.text.utf8.count } == 1 << 20)
        #expect(lines.allSatisfy { line in line.text.utf8.allSatisfy { $0 == UInt8(ascii: "y") } })
        #expect(lines.allSatisfy { $0.text.utf8.count <= LogLineAssembler.lineLimit })
    }

    @Test("a long line is split between characters (C-33)")
    func splitBetweenCharacters() {
        let text = "a" + String(repeating: "ü", count: 200_000)
        let lines = raw([text + "\n"])
        #expect(lines.count == 2)
        #expect(lines.map(\.text).joined() == text)
        #expect(!lines.contains { $0.text.contains("\u{FFFD}") })
    }

    @Test("bytes that are no UTF-8, and NUL, become replacement characters")
    func repair() {
        var assembler = LogLineAssembler(hasTimestamps: false)
        let lines = assembler.append(raw: [0x61, 0xFF, 0x62, 0x00, 0x63, 0x0A])
        #expect(lines.map(\.text) == ["a\u{FFFD}b\u{FFFD}c"])
    }

    @Test("a character that is cut between two reads is whole in its line")
    func cutCharacter() {
        var assembler = LogLineAssembler(hasTimestamps: false)
        let bytes = Array("€\n".utf8)
        let lines = assembler.append(raw: bytes[..<1]) + assembler.append(raw: bytes[1...])
        #expect(lines.map(\.text) == ["€"])
    }

    @Test("stdout and stderr are assembled apart")
    func bothStreams() throws {
        var decoder = ContainerLogDecoder(format: .multiplexed, hasTimestamps: false)
        let bytes =
            StreamDemultiplexerTests.frame(1, "out ") + StreamDemultiplexerTests.frame(2, "err\n")
            + StreamDemultiplexerTests.frame(1, "put\n") + StreamDemultiplexerTests.frame(2, "tail")
        let lines = try decoder.append(bytes) + decoder.finish()
        #expect(lines.map(\.text) == ["err", "out put", "tail"])
    }

    @Test("a message of the engine inside the stream is an error")
    func engineMessage() {
        var decoder = ContainerLogDecoder(format: .multiplexed, hasTimestamps: false)
        let error = #expect(throws: DockerError.self) {
            try decoder.append(StreamDemultiplexerTests.frame(3, "no space left on device\n"))
        }
        #expect(error == DockerError(.noSpace, "no space left on device"))
    }
}

import Testing

@testable import DockerEngine

@Suite("Taking frames apart")
struct StreamDemultiplexerTests {
    static func frame(_ stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let size = UInt32(payload.count)
        return [stream, 0, 0, 0, UInt8(size >> 24), UInt8(size >> 16 & 255), UInt8(size >> 8 & 255), UInt8(size & 255)]
            + payload
    }

    static func frame(_ stream: UInt8, _ text: String) -> [UInt8] { frame(stream, Array(text.utf8)) }

    @Test("a frame of exactly ten bytes, whose length byte is a line feed, is one frame (C-7)")
    func tenBytes() throws {
        var demultiplexer = StreamDemultiplexer()
        let frames = try demultiplexer.append(Self.frame(1, "123456789\n"))
        #expect(frames == [.init(.stdout, Array("123456789\n".utf8))])
        #expect(!demultiplexer.isInsideFrame)
    }

    @Test("frames come out the same, wherever the reads cut them", arguments: 1...25)
    func cuts(size: Int) throws {
        let bytes = Self.frame(1, "out\n") + Self.frame(2, "") + Self.frame(2, "err\n") + Self.frame(1, "more")
        var demultiplexer = StreamDemultiplexer()
        var frames: [StreamDemultiplexer.Frame] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            frames += try demultiplexer.append(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(frames.map(\.stream) == [.stdout, .stderr, .stderr, .stdout])
        #expect(frames.map { String(decoding: $0.payload, as: UTF8.self) } == ["out\n", "", "err\n", "more"])
    }

    @Test(
        "what is no frame is an error, not a crash",
        arguments: [[4, 0, 0, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 255, 255, 255, 255]] as [[UInt8]])
    func malformed(header: [UInt8]) {
        var demultiplexer = StreamDemultiplexer()
        let error = #expect(throws: DockerError.self) { try demultiplexer.append(header) }
        #expect(error?.code == .malformed)
    }

    @Test("an unfinished frame is noticed")
    func unfinished() throws {
        var demultiplexer = StreamDemultiplexer()
        #expect(try demultiplexer.append(Self.frame(1, "abc").dropLast()) == [])
        #expect(demultiplexer.isInsideFrame)
    }
}

import NIOCore
import NIOEmbedded
import Testing
import WAMPTestKit

@testable import WAMPTransport

/// A pipeline on an embedded loop: the server's bytes in, messages, errors and the client's frames out.
private final class Pipeline {
    let channel = EmbeddedChannel()
    let ends = EndRecorder()

    init(maxMessageSize: Int = 1000, pingInterval: Duration? = .seconds(5)) throws {
        let configuration = WebSocketConfiguration(
            pingInterval: pingInterval, closeTimeout: .seconds(1), maxMessageSize: maxMessageSize)
        try channel.pipeline.syncOperations.addHandlers([WebSocketHandler(configuration: configuration), ends])
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    func receive(_ frames: ByteBuffer...) {
        for frame in frames { channel.pipeline.fireChannelRead(frame) }
        channel.pipeline.fireChannelReadComplete()
        channel.embeddedEventLoop.run()
    }

    func advance(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

    func message() throws -> String? {
        try channel.readInbound(as: WebSocketMessage.self).map {
            "\($0.isText ? "text" : "binary"):\(String(buffer: $0.data))"
        }
    }

    /// The client's next frame: opcode and unmasked payload.
    func frame() throws -> (opcode: UInt8, payload: [UInt8])? {
        var bytes = ByteBuffer()
        while let part = try channel.readOutbound(as: ByteBuffer.self) { bytes.writeImmutableBuffer(part) }
        pending.writeImmutableBuffer(bytes)
        guard let first = pending.readInteger(as: UInt8.self), let second = pending.readInteger(as: UInt8.self) else {
            return nil
        }
        #expect(second & 0x80 != 0, "a client masks every frame")
        let length = second & 0x7f == 126 ? Int(pending.readInteger(as: UInt16.self) ?? 0) : Int(second & 0x7f)
        guard let mask = pending.readBytes(length: 4), let payload = pending.readBytes(length: length) else {
            throw ScriptError("The client's frame is not whole.")
        }
        return (first & 0x0f, payload.enumerated().map { $0.element ^ mask[$0.offset % 4] })
    }
    private var pending = ByteBuffer()

    func closeCode() throws -> UInt16? {
        let frame = try #require(try frame())
        #expect(frame.opcode == 8)
        return frame.payload.count >= 2 ? UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1]) : nil
    }
}

/// Collects the errors that reach the last handler.
private final class EndRecorder: ChannelInboundHandler {
    typealias InboundIn = WebSocketMessage
    var codes: [TransportError.Code] = []

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TransportError { codes.append(error.code) }
    }
}

private func frame(_ opcode: UInt8, _ text: String = "", fin: Bool = true, reserved: UInt8 = 0) -> ByteBuffer {
    WebSocketPeer.bytes(opcode, Array(text.utf8), fin: fin, reserved: reserved)
}

@Suite("Frames of the server")
struct WebSocketHandlerTests {
    @Test("Whole messages are delivered, text and binary, also empty ones")
    func messages() throws {
        let pipeline = try Pipeline()
        pipeline.receive(frame(1, "hello"), frame(2, "bytes"), frame(1))
        #expect(try pipeline.message() == "text:hello")
        #expect(try pipeline.message() == "binary:bytes")
        #expect(try pipeline.message() == "text:")
        #expect(try pipeline.message() == nil)
    }

    @Test("Fragments are put together, with control frames in between and a character cut in two")
    func fragments() throws {
        let pipeline = try Pipeline()
        let euro = Array("€".utf8)
        pipeline.receive(
            WebSocketPeer.bytes(1, Array("a".utf8) + euro[..<1], fin: false), frame(9, "p1"),
            WebSocketPeer.bytes(0, Array(euro[1...]), fin: false), frame(10), frame(0, "", fin: false), frame(0, "z"))
        #expect(try pipeline.message() == "text:a€z")
        let pong = try #require(try pipeline.frame())
        #expect(pong.opcode == 10)
        #expect(pong.payload == Array("p1".utf8))
        #expect(pipeline.ends.codes.isEmpty)
    }

    @Test(
        "A ping is answered at once with its own payload",
        arguments: ["", "keepalive", String(repeating: "x", count: 125)])
    func pong(payload: String) throws {
        let pipeline = try Pipeline()
        pipeline.receive(frame(9, payload))
        let pong = try #require(try pipeline.frame())
        #expect(pong.opcode == 10)
        #expect(pong.payload == Array(payload.utf8))
    }

    @Test("Bytes may come one by one")
    func byteByByte() throws {
        let pipeline = try Pipeline()
        for byte in frame(1, "hello").readableBytesView { pipeline.receive(ByteBuffer(bytes: [byte])) }
        #expect(try pipeline.message() == "text:hello")
    }

    struct Violation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [ByteBuffer]
        let closeCode: UInt16
        let error: TransportError.Code
    }

    static let violations: [Violation] = [
        Violation(
            testDescription: "masked", bytes: [WebSocketPeer.bytes(1, [65], mask: [1, 2, 3, 4])], closeCode: 1002,
            error: .protocolViolation),
        Violation(
            testDescription: "RSV1", bytes: [frame(1, "a", reserved: 0x40)], closeCode: 1002, error: .protocolViolation),
        Violation(
            testDescription: "RSV2", bytes: [frame(1, "a", reserved: 0x20)], closeCode: 1002, error: .protocolViolation),
        Violation(
            testDescription: "RSV3", bytes: [frame(9, "a", reserved: 0x10)], closeCode: 1002, error: .protocolViolation),
        Violation(testDescription: "opcode 3", bytes: [frame(3, "a")], closeCode: 1002, error: .protocolViolation),
        Violation(testDescription: "opcode 11", bytes: [frame(11)], closeCode: 1002, error: .protocolViolation),
        Violation(
            testDescription: "fragmented ping", bytes: [frame(9, "a", fin: false)], closeCode: 1002,
            error: .protocolViolation),
        Violation(
            testDescription: "long ping", bytes: [frame(9, String(repeating: "x", count: 126))], closeCode: 1002,
            error: .protocolViolation),
        Violation(
            testDescription: "continuation first", bytes: [frame(0, "a")], closeCode: 1002, error: .protocolViolation),
        Violation(
            testDescription: "text inside text", bytes: [frame(1, "a", fin: false), frame(1, "b")], closeCode: 1002,
            error: .protocolViolation),
        Violation(
            testDescription: "close of one byte", bytes: [frame(8, "a")], closeCode: 1002, error: .protocolViolation),
        Violation(
            testDescription: "close 1005", bytes: [WebSocketPeer.bytes(8, [0x03, 0xed])], closeCode: 1002,
            error: .protocolViolation),
        Violation(
            testDescription: "close 0", bytes: [WebSocketPeer.bytes(8, [0, 0])], closeCode: 1002,
            error: .protocolViolation),
        Violation(
            testDescription: "close reason not UTF-8", bytes: [WebSocketPeer.bytes(8, [0x03, 0xe8, 0xff])],
            closeCode: 1007, error: .invalidText),
        Violation(
            testDescription: "text not UTF-8", bytes: [WebSocketPeer.bytes(1, [0xff])], closeCode: 1007,
            error: .invalidText),
        Violation(
            testDescription: "first fragment not UTF-8", bytes: [WebSocketPeer.bytes(1, [0xc0], fin: false)],
            closeCode: 1007, error: .invalidText),
        Violation(
            testDescription: "text cut off", bytes: [WebSocketPeer.bytes(1, [0xc3])], closeCode: 1007,
            error: .invalidText),
        Violation(
            testDescription: "frame too big", bytes: [ByteBuffer(bytes: [0x82, 126, 0x03, 0xe9])], closeCode: 1009,
            error: .messageTooBig),
        Violation(
            testDescription: "length of 2^63", bytes: [ByteBuffer(bytes: [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0])],
            closeCode: 1009, error: .messageTooBig),
        Violation(
            testDescription: "message of fragments too big",
            bytes: [
                frame(1, String(repeating: "x", count: 600), fin: false), frame(0, String(repeating: "x", count: 401)),
            ], closeCode: 1009, error: .messageTooBig),
    ]

    @Test("A violation is answered with its close code and reported once", arguments: violations)
    func violation(_ violation: Violation) throws {
        let pipeline = try Pipeline()
        for bytes in violation.bytes { pipeline.receive(bytes) }
        #expect(try pipeline.closeCode() == violation.closeCode)
        #expect(pipeline.ends.codes == [violation.error])
        #expect(try pipeline.message() == nil)
        #expect(!pipeline.channel.isActive)
    }

    @Test("After the end nothing is delivered any more")
    func nothingAfterTheEnd() throws {
        let pipeline = try Pipeline()
        pipeline.receive(frame(3), frame(1, "late"), frame(9, "late"))
        #expect(try pipeline.message() == nil)
        #expect(try pipeline.closeCode() == 1002)
        #expect(try pipeline.frame() == nil)
        #expect(pipeline.ends.codes.count == 1)
    }

    @Test("A message of exactly the largest size is taken")
    func largest() throws {
        let pipeline = try Pipeline()
        pipeline.receive(frame(1, String(repeating: "x", count: 1000)))
        #expect(try pipeline.message()?.count == 1005)
    }
}

@Suite("The end of a WebSocket")
struct WebSocketEndTests {
    @Test(
        "The peer's close frame is answered with its code and is the reported end",
        arguments: [1000, 1001, 1011, 3000, 4999] as [UInt16])
    func peerCloses(code: UInt16) throws {
        let pipeline = try Pipeline()
        pipeline.receive(WebSocketPeer.bytes(8, [UInt8(code >> 8), UInt8(code & 0xff)] + Array("goodbye".utf8)))
        #expect(try pipeline.closeCode() == code)
        #expect(pipeline.ends.codes == [.closedByPeer(code)])
        #expect(!pipeline.channel.isActive)
    }

    @Test("A close frame without a code is answered without one")
    func noCode() throws {
        let pipeline = try Pipeline()
        pipeline.receive(frame(8))
        #expect(try pipeline.closeCode() == nil)
        #expect(pipeline.ends.codes == [.closedByPeer(nil)])
    }

    @Test("Our close frame waits for the peer's, and nothing is delivered meanwhile")
    func weClose() throws {
        let pipeline = try Pipeline()
        pipeline.channel.triggerUserOutboundEvent(WebSocketCloseRequest(code: 1000), promise: nil)
        #expect(try pipeline.closeCode() == 1000)
        #expect(pipeline.channel.isActive)
        pipeline.receive(frame(1, "late"))
        #expect(try pipeline.message() == nil)
        pipeline.receive(WebSocketPeer.bytes(8, [0x03, 0xe8]))
        #expect(pipeline.ends.codes == [.closed])
        #expect(!pipeline.channel.isActive)
        #expect(try pipeline.frame() == nil)
    }

    @Test("A silent peer holds our close for the bound and no longer")
    func boundedClose() throws {
        let pipeline = try Pipeline(pingInterval: nil)
        pipeline.channel.triggerUserOutboundEvent(WebSocketCloseRequest(), promise: nil)
        pipeline.channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(pipeline.channel.isActive)
        pipeline.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!pipeline.channel.isActive)
        #expect(pipeline.ends.codes == [.closed])
    }

    @Test("A bare end and a reset are values, reported once")
    func bareEnd() throws {
        let ended = try Pipeline()
        ended.channel.close(promise: nil)
        ended.channel.embeddedEventLoop.run()
        #expect(ended.ends.codes == [.reset])
        let reset = try Pipeline()
        reset.channel.pipeline.fireErrorCaught(IOError(errnoCode: 104, reason: "read"))
        reset.channel.embeddedEventLoop.run()
        #expect(reset.ends.codes == [.reset])
        #expect(!reset.channel.isActive)
    }

    @Test("A connection that ends in the middle of a frame delivers nothing of it")
    func midFrame() throws {
        let pipeline = try Pipeline()
        pipeline.receive(ByteBuffer(bytes: [0x81, 5, 0x41]))
        pipeline.channel.close(promise: nil)
        pipeline.channel.embeddedEventLoop.run()
        #expect(try pipeline.message() == nil)
        #expect(pipeline.ends.codes == [.reset])
    }
}

@Suite("Own pings")
struct PingTests {
    @Test("A peer that answers nothing is dead after two missed pings, without a close frame")
    func dead() throws {
        let pipeline = try Pipeline()
        for _ in 0..<2 {
            pipeline.advance(5)
            #expect(try pipeline.frame()?.opcode == 9)
        }
        #expect(pipeline.ends.codes.isEmpty)
        pipeline.advance(5)
        #expect(pipeline.ends.codes == [.peerUnresponsive])
        #expect(try pipeline.frame() == nil)
        #expect(!pipeline.channel.isActive)
    }

    @Test(
        "Any byte is a sign of life: a pong, a message, a part of a large one",
        arguments: [
            [frame(10), frame(10), frame(10), frame(10)], [frame(1, "x"), frame(2), frame(1), frame(1)],
            [0x81, 3, 0x41, 0x42].map { ByteBuffer(bytes: [$0]) },
        ])
    func alive(pieces: [ByteBuffer]) throws {
        let pipeline = try Pipeline()
        for piece in pieces {
            pipeline.advance(10)
            pipeline.receive(piece)
        }
        #expect(pipeline.ends.codes.isEmpty)
        #expect(pipeline.channel.isActive)
        pipeline.advance(15)
        #expect(pipeline.ends.codes == [.peerUnresponsive])
    }

    @Test("Without an interval no ping is sent")
    func none() throws {
        let pipeline = try Pipeline(pingInterval: nil)
        pipeline.advance(3600)
        #expect(try pipeline.frame() == nil)
        #expect(pipeline.channel.isActive)
    }
}

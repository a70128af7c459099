import NIOCore
import NIOEmbedded
import Testing
import WAMPTestKit

@testable import WAMPTransport

/// What a connection delivers.
private final class Recorder: WebSocketReceiver {
    var messages: [String] = []
    var ends: [TransportError.Code] = []

    func received(_ message: WebSocketMessage) {
        messages.append("\(message.isText ? "text" : "binary"):\(String(buffer: message.data))")
    }

    func ended(_ error: TransportError) { ends.append(error.code) }
}

/// A server's connection on an embedded loop.
private final class Served {
    let channel = EmbeddedChannel()
    let recorder = Recorder()
    let connection: WebSocketServerConnection

    init(maxMessageSize: Int = 1000) throws {
        connection = WebSocketServerConnection(
            peer: .unknown, subprotocol: "wamp.2.json",
            configuration: WebSocketServerConfiguration(
                subprotocols: ["wamp.2.json"], maxMessageSize: maxMessageSize, closeTimeout: .seconds(1)))
        try channel.pipeline.syncOperations.addHandler(connection)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        connection.receiver = recorder
    }

    func receive(_ pieces: ByteBuffer...) {
        for piece in pieces { channel.pipeline.fireChannelRead(piece) }
        channel.pipeline.fireChannelReadComplete()
        channel.embeddedEventLoop.run()
    }

    /// All that was sent, as bytes.
    func sent() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let part = try channel.readOutbound(as: ByteBuffer.self) { bytes += Array(part.readableBytesView) }
        return bytes
    }
}

private let mask: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]

private func masked(_ opcode: UInt8, _ text: String = "", fin: Bool = true, reserved: UInt8 = 0) -> ByteBuffer {
    WebSocketPeer.bytes(opcode, Array(text.utf8), fin: fin, reserved: reserved, mask: mask)
}

@Suite("A server's WebSocket connection")
struct WebSocketServerConnectionTests {
    @Test("The masked hello of RFC 6455 5.7 is unmasked; every length comes out whole")
    func unmasks() throws {
        let served = try Served(maxMessageSize: 100_000)
        served.receive(ByteBuffer(bytes: [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]))
        #expect(served.recorder.messages == ["text:Hello"])
        for count in [0, 1, 7, 8, 9, 125, 126, 127, 65535, 65536, 100_000] {
            let text = String((0..<count).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
            served.receive(masked(1, text))
            #expect(served.recorder.messages.last == "text:" + text, "\(count)")
        }
        #expect(served.recorder.ends.isEmpty)
    }

    @Test("Frames are cut the same way however the bytes are cut into pieces")
    func pieces() throws {
        var stream = ByteBuffer()
        for index in 0..<20 {
            stream.writeImmutableBuffer(masked(1, String(repeating: "\(index % 10)", count: index * 11)))
        }
        let whole = try Served()
        whole.receive(stream)
        for size in [1, 2, 3, 7, 64, 500] {
            let served = try Served()
            var rest = stream
            while rest.readableBytes > 0 {
                let piece = rest.readSlice(length: min(size, rest.readableBytes))
                served.receive(try #require(piece))
            }
            #expect(served.recorder.messages == whole.recorder.messages)
        }
        #expect(whole.recorder.messages.count == 20)
    }

    @Test("Frames of the server are not masked, in every length of header")
    func writes() throws {
        let served = try Served()
        for (count, header) in [
            (5, [0x81, 5]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]), (65535, [0x81, 126, 255, 255]),
            (65536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])] {
            let frame = WebSocketServerConnection.frame(isText: true) {
                $0.writeRepeatingByte(0x41, count: count)
            }
            served.connection.write(frame)
            served.connection.flush()
            #expect(try served.sent() == header + [UInt8](repeating: 0x41, count: count))
        }
        let binary = WebSocketServerConnection.frame(isText: false) { _ in }
        #expect(Array(binary.readableBytesView) == [0x82, 0])
    }

    @Test("One buffer serves any number of connections")
    func shared() throws {
        let first = try Served()
        let second = try Served()
        let frame = WebSocketServerConnection.frame(isText: true) { $0.writeString("x") }
        for served in [first, second] {
            served.connection.write(frame)
            served.connection.flush()
        }
        #expect(try first.sent() == [0x81, 1, 0x78])
        #expect(try second.sent() == [0x81, 1, 0x78])
    }

    @Test(
        "A violation is answered with its close code and reported once",
        arguments: [
            ([WebSocketPeer.bytes(1, [65])], 1002, .protocolViolation),
            ([WebSocketPeer.bytes(9)], 1002, .protocolViolation),
            ([masked(1, "a", reserved: 0x40)], 1002, .protocolViolation),
            ([masked(3)], 1002, .protocolViolation), ([masked(11)], 1002, .protocolViolation),
            ([masked(0, "a")], 1002, .protocolViolation),
            ([masked(1, "a", fin: false), masked(1, "b")], 1002, .protocolViolation),
            ([masked(9, "a", fin: false)], 1002, .protocolViolation),
            ([masked(8, "a")], 1002, .protocolViolation),
            ([WebSocketPeer.bytes(1, [0xff], mask: mask)], 1007, .invalidText),
            ([WebSocketPeer.bytes(1, [0xe2, 0x82], mask: mask)], 1007, .invalidText),
            ([ByteBuffer(bytes: [0x82, 0xfe, 0x03, 0xe9])], 1009, .messageTooBig),
            ([ByteBuffer(bytes: [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0])], 1009, .messageTooBig),
            (
                [
                    masked(1, String(repeating: "x", count: 600), fin: false),
                    masked(0, String(repeating: "x", count: 401)),
                ],
                1009, .messageTooBig
            ),
        ] as [([ByteBuffer], UInt16, TransportError.Code)])
    func violations(bytes: [ByteBuffer], code: UInt16, error: TransportError.Code) throws {
        let served = try Served()
        for piece in bytes { served.receive(piece) }
        served.receive(masked(1, "late"))
        #expect(try served.sent() == [0x88, 2, UInt8(code >> 8), UInt8(code & 0xff)])
        #expect(served.recorder.ends == [error])
        #expect(served.recorder.messages.isEmpty)
        #expect(!served.channel.isActive)
    }

    @Test("A ping is answered with its own payload, also between the fragments of a message")
    func pong() throws {
        let served = try Served()
        served.receive(masked(1, "a", fin: false), masked(9, "p"), masked(0, "b"))
        #expect(try served.sent() == [0x8a, 1, 0x70])
        #expect(served.recorder.messages == ["text:ab"])
    }

    @Test("Two intervals without a byte drop the peer without a close frame")
    func unresponsive() throws {
        let served = try Served()
        for _ in 0..<2 {
            served.connection.checkAlive()
            #expect(try served.sent().first == 0x89)
        }
        served.receive(masked(10))
        for _ in 0..<2 { served.connection.checkAlive() }
        #expect(served.recorder.ends.isEmpty)
        _ = try served.sent()
        served.connection.checkAlive()
        #expect(served.recorder.ends == [.peerUnresponsive])
        #expect(try served.sent().isEmpty)
    }

    @Test("Our close waits for the peer's, at most the close time-out; nothing is sent after it")
    func close() throws {
        let served = try Served()
        served.connection.close(code: 1001)
        served.connection.write(WebSocketServerConnection.frame(isText: true) { $0.writeString("late") })
        served.connection.flush()
        #expect(try served.sent() == [0x88, 2, 0x03, 0xe9])
        #expect(!served.connection.isOpen)
        served.receive(WebSocketPeer.bytes(8, [0x03, 0xe9], mask: mask))
        #expect(served.recorder.ends == [.closed])
        #expect(!served.channel.isActive)
        let silent = try Served()
        silent.connection.close()
        silent.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!silent.channel.isActive)
        #expect(silent.recorder.ends == [.closed])
    }

    @Test("A dropped connection ends at once and is reported once")
    func drop() throws {
        let served = try Served()
        served.connection.drop(TransportError(.closed, "slow"))
        served.connection.drop(TransportError(.closed, "again"))
        #expect(served.recorder.ends == [.closed])
        #expect(try served.sent().isEmpty)
        #expect(!served.channel.isActive)
    }

    @Test("2,000 damaged streams end cleanly or go on, and are reported at most once")
    func damaged() throws {
        var state: UInt64 = 42
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var violations = 0
        for _ in 0..<2000 {
            let served = try Served()
            var stream = ByteBuffer()
            for _ in 0..<3 {
                stream.writeImmutableBuffer(masked([1, 1, 2, 9, 10][next(5)], String(repeating: "ä", count: next(80))))
            }
            var bytes = Array(stream.readableBytesView)
            for _ in 0...next(3) { bytes[next(bytes.count)] = UInt8(next(256)) }
            served.receive(ByteBuffer(bytes: bytes))
            #expect(served.recorder.ends.count <= 1)
            violations += served.recorder.ends.count
            served.channel.close(promise: nil)
            served.channel.embeddedEventLoop.run()
            #expect(served.recorder.ends.count == 1)
        }
        #expect(violations > 100)
    }
}

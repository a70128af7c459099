import NIOCore
import Testing

@testable import WAMPTransport

@Suite("The opening handshake of RFC 6455")
struct OpeningHandshakeTests {
    private static func handshake(_ subprotocols: [String] = ["wamp.2.json"]) throws -> OpeningHandshake {
        OpeningHandshake(
            url: try WebSocketURL("ws://127.0.0.1:18081/ws-re-dev"), subprotocols: subprotocols, userAgent: "reagent",
            key: Array("the sample nonce".utf8))
    }

    private static func head(_ lines: [String]) throws -> HTTPResponseHead {
        var buffer = ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n")
        let head = try HTTPResponseHead.read(from: &buffer, code: .upgradeRefused)
        return try #require(head)
    }

    @Test("The request has the recorded headers in the recorded order")
    func request() throws {
        #expect(
            try Self.handshake().request.split(separator: "\r\n") == [
                "GET /ws-re-dev HTTP/1.1", "Host: 127.0.0.1:18081", "User-Agent: reagent", "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: wamp.2.json",
                "Sec-WebSocket-Version: 13", "Upgrade: websocket",
            ])
        #expect(try Self.handshake().request.hasSuffix("\r\n\r\n"))
    }

    @Test("The accept value is that of RFC 6455 1.3 and of the recording")
    func accept() {
        #expect(OpeningHandshake.accept(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(OpeningHandshake.accept(for: "TizJY1+QLkPnRfa0L+MsHg==") == "nbGH1klsSd61UzbIPdjUBZeaPtg=")
    }

    static let good = [
        "HTTP/1.1 101 Switching Protocols", "Server: Crossbar", "Upgrade: WebSocket", "Connection: keep-alive, Upgrade",
        "Sec-WebSocket-Protocol: wamp.2.json", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]

    @Test("A proper answer gives the subprotocol")
    func proper() throws {
        #expect(try Self.handshake().check(Self.head(Self.good)) == "wamp.2.json")
    }

    @Test(
        "An answer that is not what was asked for is refused",
        arguments: [
            (0, "HTTP/1.1 400 Bad Request"), (0, "HTTP/1.1 200 OK"), (2, "Upgrade: h2c"), (3, "Connection: close"),
            (4, "Sec-WebSocket-Protocol: wamp.2.cbor"), (4, "X-Nothing: here"),
            (5, "Sec-WebSocket-Accept: nbGH1klsSd61UzbIPdjUBZeaPtg="), (5, "X-Nothing: here"),
            (1, "Sec-WebSocket-Extensions: permessage-deflate"),
        ])
    func refused(line: Int, replacement: String) throws {
        var lines = Self.good
        lines[line] = replacement
        let head = try Self.head(lines)
        let error = #expect(throws: TransportError.self) { try Self.handshake().check(head) }
        #expect(error?.code == .upgradeRefused)
    }

    @Test("Without an offer no subprotocol is expected and none accepted")
    func noOffer() throws {
        #expect(try Self.handshake([]).check(Self.head(Self.good.filter { !$0.contains("Protocol:") })) == nil)
        let head = try Self.head(Self.good)
        #expect(throws: TransportError.self) { try Self.handshake([]).check(head) }
    }

    @Test("A head is taken only when it is complete, and what follows stays")
    func completeHead() throws {
        let text = Self.good.joined(separator: "\r\n") + "\r\n\r\n"
        for cut in 0..<text.utf8.count {
            var part = ByteBuffer(bytes: Array(text.utf8).prefix(cut))
            let head = try HTTPResponseHead.read(from: &part, code: .upgradeRefused)
            #expect(head == nil)
            #expect(part.readableBytes == cut)
        }
        var whole = ByteBuffer(string: text + "rest")
        let head = try HTTPResponseHead.read(from: &whole, code: .upgradeRefused)
        #expect(head?.status == 101)
        #expect(String(buffer: whole) == "rest")
    }

    @Test(
        "What is no HTTP/1 answer is refused at once",
        arguments: [
            "SSH-2.0-x", "\r\nHTTP/1.1 101 x\r\n\r\n", "HTTP/2 101 x\r\n\r\n", "HTTP/1.1\r\n\r\n",
            "HTTP/1.1 abc\r\n\r\n",
            "HTTP/1.1 101 x\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 " + String(repeating: "x", count: HTTPResponseHead.maximumSize),
        ])
    func noHTTP(text: String) {
        var buffer = ByteBuffer(string: text)
        let error = #expect(throws: TransportError.self) {
            try HTTPResponseHead.read(from: &buffer, code: .proxyRefused)
        }
        #expect(error?.code == .proxyRefused)
    }
}

@Suite("Base64")
struct Base64Tests {
    @Test(
        "The vectors of RFC 4648 section 10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(text: String, encoded: String) { #expect(Base64.encode(Array(text.utf8)) == encoded) }
}

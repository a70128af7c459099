import NIOCore
import Testing

@testable import WAMPTransport

@Suite("The server's opening handshake")
struct ServerHandshakeTests {
    private static let usual = [
        "Host: router.example:8080", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: wamp.2.json",
    ]

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var first = "GET /ws HTTP/1.1"
        /// Replaces the usual line of the same name; a name alone removes it.
        var lines: [String] = []
        var added: [String] = []
        let status: Int
        var origins: [String] = []
    }

    static let rows: [Row] = [
        Row(testDescription: "as usual", status: 101),
        Row(testDescription: "the root", first: "GET / HTTP/1.1", status: 101),
        Row(testDescription: "a query", first: "GET /ws?token=1 HTTP/1.1", status: 101),
        Row(
            testDescription: "names in any case", lines: ["upgrade: WebSocket", "CONNECTION: keep-alive, upgrade"],
            status: 101),
        Row(
            testDescription: "an extension is ignored",
            added: ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"], status: 101),
        Row(testDescription: "another path", first: "GET /wss HTTP/1.1", status: 404),
        Row(testDescription: "a path below", first: "GET /ws/ HTTP/1.1", status: 404),
        Row(testDescription: "POST", first: "POST /ws HTTP/1.1", status: 405),
        Row(testDescription: "HTTP/1.0", first: "GET /ws HTTP/1.0", status: 400),
        Row(testDescription: "HTTP/2", first: "PRI * HTTP/2.0", status: 400),
        Row(testDescription: "absolute form", first: "GET http://h/ws HTTP/1.1", status: 400),
        Row(testDescription: "no version", first: "GET /ws", status: 400),
        Row(testDescription: "no host", lines: ["Host"], status: 400),
        Row(testDescription: "two hosts", added: ["Host: other"], status: 400),
        Row(testDescription: "a body", added: ["Content-Length: 3"], status: 400),
        Row(testDescription: "a chunked body", added: ["Transfer-Encoding: chunked"], status: 400),
        Row(testDescription: "an empty body", added: ["Content-Length: 0"], status: 101),
        Row(testDescription: "no upgrade", lines: ["Upgrade"], status: 426),
        Row(testDescription: "another upgrade", lines: ["Upgrade: h2c"], status: 426),
        Row(testDescription: "no connection", lines: ["Connection"], status: 426),
        Row(testDescription: "connection close", lines: ["Connection: close"], status: 426),
        Row(testDescription: "version 8", lines: ["Sec-WebSocket-Version: 8"], status: 426),
        Row(testDescription: "no version field", lines: ["Sec-WebSocket-Version"], status: 426),
        Row(testDescription: "no key", lines: ["Sec-WebSocket-Key"], status: 400),
        Row(testDescription: "short key", lines: ["Sec-WebSocket-Key: dGhl"], status: 400),
        Row(testDescription: "key not base64", lines: ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j_Q=="], status: 400),
        Row(testDescription: "two keys", added: ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="], status: 400),
        Row(testDescription: "no subprotocol", lines: ["Sec-WebSocket-Protocol"], status: 400),
        Row(testDescription: "unknown subprotocol", lines: ["Sec-WebSocket-Protocol: wamp.2.cbor"], status: 400),
        Row(
            testDescription: "batched first", lines: ["Sec-WebSocket-Protocol: wamp.2.json.batched, wamp.2.json"],
            status: 101),
        Row(testDescription: "same host", added: ["Origin: https://router.example:8080"], status: 101),
        Row(testDescription: "same host, other case", added: ["Origin: HTTP://Router.Example:8080"], status: 101),
        Row(
            testDescription: "same host, default port", lines: ["Host: router.example"],
            added: ["Origin: http://router.example:80"], status: 101),
        Row(testDescription: "same name, other port", added: ["Origin: https://router.example"], status: 403),
        Row(testDescription: "foreign origin", added: ["Origin: https://evil.example"], status: 403),
        Row(testDescription: "suffix of the host", added: ["Origin: https://xrouter.example:8080"], status: 403),
        Row(testDescription: "null origin", added: ["Origin: null"], status: 403),
        Row(
            testDescription: "two origins",
            added: ["Origin: https://router.example:8080", "Origin: https://router.example:8080"], status: 403),
        Row(
            testDescription: "listed origin", added: ["Origin: https://console.example"], status: 101,
            origins: ["https://Console.example"]),
        Row(
            testDescription: "not listed", added: ["Origin: https://other.example"], status: 403,
            origins: ["https://console.example"]),
        Row(testDescription: "any origin", added: ["Origin: null"], status: 101, origins: ["*"]),
        Row(testDescription: "folded line", added: [" folded"], status: 400),
        Row(testDescription: "blank in a name", added: ["Host : x"], status: 400),
        Row(testDescription: "line without colon", added: ["nonsense"], status: 400),
        Row(testDescription: "control character", added: ["X: a\u{1}b"], status: 400),
        Row(testDescription: "bare line feed in a value", added: ["X: a\nHost: b"], status: 400),
    ]

    private func answer(_ row: Row) -> ServerHandshake.Answer {
        var lines = Self.usual
        for line in row.lines {
            let name = line.prefix { $0 != ":" }.lowercased()
            lines.removeAll { $0.lowercased().hasPrefix(name + ":") }
            if line.contains(":") { lines.append(line) }
        }
        let text = ([row.first] + lines + row.added).joined(separator: "\r\n") + "\r\n\r\n"
        var buffer = ByteBuffer(string: text)
        guard let head = try? HTTPRequestHead.read(from: &buffer) else { return .refuse(.malformed) }
        let configuration = WebSocketServerConfiguration(
            subprotocols: ["wamp.2.json", "wamp.2.msgpack"], allowedOrigins: row.origins)
        return ServerHandshake(configuration: configuration).answer(to: head)
    }

    @Test("Every request has its answer (wamp-protocol.md 5.1)", arguments: rows)
    func table(_ row: Row) {
        switch answer(row) {
        case .accept(let subprotocol, let response):
            #expect(row.status == 101)
            #expect(subprotocol == "wamp.2.json")
            #expect(response.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
            #expect(!response.contains("Extensions"))
            #expect(response.hasSuffix("\r\n\r\n"))
        case .refuse(let refusal):
            #expect(refusal.status == row.status)
            #expect(refusal.response.hasPrefix("HTTP/1.1 \(row.status) "))
            #expect(!refusal.response.contains("evil"))
            #expect(!refusal.response.contains("nonsense"))
            #expect(refusal.response.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test("The client's order chooses the subprotocol")
    func clientsOrder() {
        let row = Row(
            testDescription: "", lines: ["Sec-WebSocket-Protocol: x, wamp.2.msgpack", "X: y"],
            added: ["Sec-WebSocket-Protocol: wamp.2.json"], status: 101)
        guard case .accept(let subprotocol, _) = answer(row) else {
            Issue.record("refused")
            return
        }
        #expect(subprotocol == "wamp.2.msgpack")
    }

    @Test("An answer tells how to ask: the version, the method")
    func hints() {
        let version = Row(testDescription: "", lines: ["Sec-WebSocket-Version: 8"], status: 426)
        let method = Row(testDescription: "", first: "PUT /ws HTTP/1.1", status: 405)
        guard case .refuse(let upgrade) = answer(version), case .refuse(let other) = answer(method) else {
            Issue.record("accepted")
            return
        }
        #expect(upgrade.response.contains("\r\nSec-WebSocket-Version: 13\r\n"))
        #expect(other.response.contains("\r\nAllow: GET\r\n"))
    }

    @Test("A head comes in pieces, is bounded, and must look like HTTP from its first byte")
    func pieces() throws {
        let text = "GET /ws HTTP/1.1\r\nHost: h\r\n\r\nrest"
        var buffer = ByteBuffer()
        for byte in text.utf8.dropLast(5) {
            buffer.writeInteger(byte)
            #expect(try HTTPRequestHead.read(from: &buffer) == nil)
        }
        buffer.writeString("\nrest")
        #expect(try HTTPRequestHead.read(from: &buffer)?.path == "/ws")
        #expect(String(buffer: buffer) == "rest")
        var long = ByteBuffer(string: "GET /ws HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 3000))
        #expect(throws: HTTPRequestHead.Malformed.self) { try HTTPRequestHead.read(from: &long) }
        var hello = ByteBuffer(bytes: [0x16, 3, 1])
        #expect(throws: HTTPRequestHead.Malformed.self) { try HTTPRequestHead.read(from: &hello) }
        var blank = ByteBuffer(string: "\r\n" + text)
        #expect(throws: HTTPRequestHead.Malformed.self) { try HTTPRequestHead.read(from: &blank) }
        var utf8 = ByteBuffer(bytes: Array("GET / HTTP/1.1\r\nX: ".utf8) + [0xff] + Array("\r\n\r\n".utf8))
        _ = try? HTTPRequestHead.read(from: &utf8)
    }
}

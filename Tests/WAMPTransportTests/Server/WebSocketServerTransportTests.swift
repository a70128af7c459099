import NIOCore
import NIOPosix
import NIOSSL
import Testing
import WAMPTestKit

@testable import WAMPTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Sends back what arrives, with the peer in front of it.
private final class EchoReceiver: WebSocketReceiver {
    private let connection: WebSocketServerConnection

    init(_ connection: WebSocketServerConnection) { self.connection = connection }

    func received(_ message: WebSocketMessage) {
        let peer = connection.peer
        connection.write(
            WebSocketServerConnection.frame(isText: message.isText) {
                $0.writeString("\(peer) ")
                $0.writeImmutableBuffer(message.data)
            })
        connection.flush()
    }

    func ended(_ error: TransportError) {}
}

private func withEchoServer<R>(
    _ address: ListeningAddress = .tcp(host: "127.0.0.1", port: 0), tls: ServerTLS? = nil,
    configure: (inout WebSocketServerConfiguration) -> Void = { _ in }, isFull: Bool = false,
    _ body: (WebSocketListener) async throws -> R
) async throws -> R {
    var configuration = WebSocketServerConfiguration(subprotocols: ["wamp.2.json"])
    configure(&configuration)
    let listener = try await WebSocketServerTransport.listen(
        on: address, tls: tls, configuration: configuration, loop: MultiThreadedEventLoopGroup.singleton.next(),
        admit: { _ in !isFull }, setUp: { $0.receiver = EchoReceiver($0) })
    let result: Result<R, any Error>
    do { result = .success(try await body(listener)) } catch { result = .failure(error) }
    await listener.close()
    return try result.get()
}

extension WebSocketListener {
    fileprivate var port: Int { if case .tcp(_, let port) = address { port } else { 0 } }
}

private func withDirectory<R>(_ body: (String) async throws -> R) async throws -> R {
    var template = Array("/tmp/websocket-XXXXXX".utf8CString)
    let path = try template.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress, let made = mkdtemp(base) else { throw ScriptError("no directory") }
        return String(cString: made)
    }
    let result: Result<R, any Error>
    do { result = .success(try await body(path)) } catch { result = .failure(error) }
    unlink(path + "/s")
    unlink(path + "/c.pem")
    unlink(path + "/k.pem")
    rmdir(path)
    return try result.get()
}

private func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else { throw ScriptError("no file") }
    fputs(text, file)
    fclose(file)
}

@Suite("A WebSocket server over loopback", .timeLimit(.minutes(1)))
struct WebSocketServerTransportTests {
    @Test("A client is upgraded and heard, also with frames in one piece with the request")
    func tcp() async throws {
        try await withEchoServer { listener in
            let client = try await RawWebSocketClient(opening: .port(listener.port))
            try await client.send("hello")
            #expect(try await client.receiveText() == "network(address: \"127.0.0.1\") hello")
            let eager = try await RawWebSocketClient(.port(listener.port))
            let request =
                "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: wamp.2.json\r\n\r\n"
            var bytes = ByteBuffer(string: request)
            bytes.writeImmutableBuffer(WebSocketPeer.bytes(1, Array("early".utf8), mask: [9, 9, 9, 9]))
            try await eager.raw.write(bytes)
            #expect(try await eager.raw.takeRequestHead().first == "HTTP/1.1 101 Switching Protocols")
            #expect(try await eager.receiveText().hasSuffix(" early"))
            for client in [client, eager] { await client.raw.close() }
        }
    }

    @Test("The project's own client and the server understand each other, with a message of a megabyte")
    func ownClient() async throws {
        try await withEchoServer { listener in
            let text = String(repeating: "ä", count: 500_000)
            let answer = try await Self.exchange("ws://127.0.0.1:\(listener.port)/ws", text)
            #expect(answer.hasSuffix(text))
        }
    }

    @Test("A refused client reads the answer and the end, with unread bytes behind its request")
    func refused() async throws {
        try await withEchoServer { listener in
            let client = try await RawWebSocketClient(.port(listener.port))
            try await client.raw.write(
                "GET /other HTTP/1.1\r\nHost: h\r\n\r\n" + String(repeating: "x", count: 100_000))
            #expect(try await client.raw.takeRequestHead().first == "HTTP/1.1 404 Not Found")
            let body = "There is nothing at this path.\n"
            #expect(try await client.raw.take { $0.readString(length: body.utf8.count) } == body)
            await client.raw.waitForEnd()
        }
    }

    @Test("A full server answers 503")
    func full() async throws {
        try await withEchoServer(isFull: true) { listener in
            let client = try await RawWebSocketClient(.port(listener.port))
            let head = try await client.request(["Sec-WebSocket-Protocol: wamp.2.json"])
            #expect(head.first == "HTTP/1.1 503 Service Unavailable")
            await client.raw.waitForEnd()
        }
        try await withEchoServer(configure: { $0.maxOpening = 1 }) { listener in
            let silent = try await RawWebSocketClient(.port(listener.port))
            try await silent.raw.write("GET ")
            var isRefused = false
            while !isRefused {
                let client = try await RawWebSocketClient(.port(listener.port))
                let head = try await client.request(["Sec-WebSocket-Protocol: wamp.2.json"])
                isRefused = head.first?.contains("503") == true
                await client.raw.close()
            }
            await silent.raw.close()
        }
    }

    @Test("A client that does not finish its request is closed after the bound")
    func slowOpening() async throws {
        try await withEchoServer(configure: { $0.openingTimeout = .milliseconds(50) }) { listener in
            let client = try await RawWebSocketClient(.port(listener.port))
            // On a busy machine the bound may have passed already.
            try? await client.raw.write("GET /ws HTTP/1.1\r\nHost:")
            await client.raw.waitForEnd()
        }
    }

    @Test("An address that is taken is an error with a sentence")
    func addressInUse() async throws {
        try await withEchoServer { listener in
            let error = await #expect(throws: TransportError.self) {
                try await withEchoServer(.tcp(host: "127.0.0.1", port: listener.port)) { _ in }
            }
            #expect(error?.code == .unreachable)
            #expect(error?.message.contains("127.0.0.1:\(listener.port) cannot be listened on") == true)
        }
    }

    static func exchange(_ url: String, _ text: String, roots: WebSocketTrustRoots = .system) async throws -> String {
        let configuration = WebSocketConfiguration(connectTimeout: .seconds(20), trustRoots: roots)
        let answer = try await WebSocketClientTransport.connect(
            url: WebSocketURL(url), subprotocols: ["wamp.2.json"], configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton
        ) { channel, _ in
            let answer = channel.eventLoop.makePromise(of: String.self)
            try channel.pipeline.syncOperations.addHandler(FirstMessage(answer))
            channel.writeAndFlush(WebSocketMessage(data: ByteBuffer(string: text), isText: true), promise: nil)
            return answer.futureResult
        }
        return try await answer.get()
    }
}

/// Takes the first message and closes.
private final class FirstMessage: ChannelInboundHandler {
    typealias InboundIn = WebSocketMessage
    private let answer: EventLoopPromise<String>

    init(_ answer: EventLoopPromise<String>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        answer.succeed(String(buffer: unwrapInboundIn(data).data))
        context.channel.triggerUserOutboundEvent(WebSocketCloseRequest(), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { answer.fail(error) }
}

@Suite("A WebSocket server on a Unix socket", .timeLimit(.minutes(1)))
struct UnixSocketTests {
    @Test("Only the owner may connect, the peer's user is known, and the file goes with the listener")
    func serves() async throws {
        try await withDirectory { directory in
            let path = directory + "/s"
            try await withEchoServer(.unix(path: path)) { _ in
                var status = stat()
                #expect(lstat(path, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o600)
                let answer = try await WebSocketServerTransportTests.exchange("ws+unix://" + path, "hi")
                #expect(answer == "local(userID: \(getuid())) hi")
            }
            #expect(access(path, F_OK) != 0)
        }
    }

    @Test("A socket file that nobody listens on is replaced; a live one and another file are left alone")
    func stale() async throws {
        try await withDirectory { directory in
            let path = directory + "/s"
            let (_, descriptor) = try UnixSocketFile.bind(path)
            close(descriptor)
            #expect(access(path, F_OK) == 0)
            try await withEchoServer(.unix(path: path)) { _ in
                let error = await #expect(throws: TransportError.self) {
                    try await withEchoServer(.unix(path: path)) { _ in }
                }
                #expect(error?.message == "Another process listens on \(path).")
                let answer = try await WebSocketServerTransportTests.exchange("ws+unix://" + path, "x")
                #expect(answer.hasSuffix(" x"))
            }
            try write("precious", to: path)
            let error = await #expect(throws: TransportError.self) {
                try await withEchoServer(.unix(path: path)) { _ in }
            }
            #expect(error?.message.contains("no socket") == true)
            #expect(access(path, F_OK) == 0)
        }
    }

    @Test(
        "A path that cannot be is an error",
        arguments: ["relative", "/tmp/" + String(repeating: "x", count: 110), "/no/such/directory/s"])
    func badPath(path: String) async {
        let error = await #expect(throws: TransportError.self) {
            try await withEchoServer(.unix(path: path)) { _ in }
        }
        #expect(error?.code == .unreachable)
    }

    @Test("A client of a missing socket is told so")
    func missing() async {
        let error = await #expect(throws: TransportError.self) {
            _ = try await WebSocketServerTransportTests.exchange("ws+unix:///tmp/there-is-none.sock", "x")
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("/tmp/there-is-none.sock") == true)
    }
}

@Suite("A WebSocket server with TLS", .timeLimit(.minutes(1)))
struct ServerTLSTests {
    @Test("The certificate and key of PEM files are served")
    func serves() async throws {
        try await withDirectory { directory in
            try write(TLSFixture.certificate, to: directory + "/c.pem")
            try write(TLSFixture.key, to: directory + "/k.pem")
            let tls = try ServerTLS(certificateFile: directory + "/c.pem", keyFile: directory + "/k.pem")
            try await withEchoServer(tls: tls) { listener in
                let answer = try await WebSocketServerTransportTests.exchange(
                    "wss://127.0.0.1:\(listener.port)/", "secret", roots: .pem(Array(TLSFixture.certificate.utf8)))
                #expect(answer.hasSuffix(" secret"))
                // Plain HTTP on this port gets no answer, and the server goes on.
                let plain = try await RawWebSocketClient(.port(listener.port))
                try await plain.raw.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                await plain.raw.waitForEnd()
            }
        }
    }

    @Test("Files that cannot be used are named in a sentence")
    func mistakes() async throws {
        try await withDirectory { directory in
            let (certificate, key) = (directory + "/c.pem", directory + "/k.pem")
            func failure() -> String? {
                do throws(TransportError) {
                    _ = try ServerTLS(certificateFile: certificate, keyFile: key)
                    return nil
                } catch {
                    return error.code == .tls ? error.message : "wrong code"
                }
            }
            #expect(failure()?.hasPrefix("The certificate file \(certificate) cannot be read") == true)
            try write("nonsense", to: certificate)
            #expect(failure()?.hasPrefix("The certificate file \(certificate)") == true)
            try write(TLSFixture.certificate, to: certificate)
            #expect(failure()?.hasPrefix("The key file \(key) cannot be read") == true)
            try write(TLSFixture.otherKey, to: key)
            #expect(failure()?.hasPrefix("\(certificate) and \(key) do not fit together") == true)
            try write(TLSFixture.key, to: key)
            #expect(failure() == nil)
        }
    }
}

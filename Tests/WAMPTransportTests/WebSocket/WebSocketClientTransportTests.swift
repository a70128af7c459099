import NIOCore
import NIOPosix
import Synchronization
import Testing
import WAMPTestKit

@testable import WAMPTransport

/// Sends what arrives back and remembers the end.
private final class Echo: ChannelInboundHandler {
    typealias InboundIn = WebSocketMessage
    typealias OutboundOut = WebSocketMessage
    let end: EventLoopPromise<TransportError>

    init(end: EventLoopPromise<TransportError>) { self.end = end }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TransportError { end.succeed(error) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end.succeed(TransportError(.closed, "no error came before channelInactive"))
    }
}

/// Connects an echo client and returns how the connection ended.
@discardableResult
private func echo(
    _ url: String, configuration: WebSocketConfiguration = WebSocketConfiguration(connectTimeout: .seconds(20))
) async throws -> TransportError {
    let end = try await WebSocketClientTransport.connect(
        url: WebSocketURL(url), subprotocols: ["wamp.2.json"], configuration: configuration,
        group: MultiThreadedEventLoopGroup.singleton
    ) { channel, subprotocol in
        #expect(subprotocol == "wamp.2.json")
        let end = channel.eventLoop.makePromise(of: TransportError.self)
        try channel.pipeline.syncOperations.addHandler(Echo(end: end))
        return end.futureResult
    }
    return try await end.get()
}

private func failure(
    _ url: String, configuration: WebSocketConfiguration = WebSocketConfiguration(connectTimeout: .seconds(20))
) async -> TransportError? {
    await #expect(throws: TransportError.self) { try await echo(url, configuration: configuration) }
}

@Suite("Opening a WebSocket over loopback", .timeLimit(.minutes(1)))
struct WebSocketClientTransportTests {
    @Test("The upgrade is done, messages go both ways, and the close handshake ends it")
    func opens() async throws {
        let end = try await withLoopbackServer { port in
            try await echo("ws://127.0.0.1:\(port)/ws-re-dev?x=1")
        } server: { raw, _ in
            // A frame in the same piece as the answer must not be lost.
            let peer = try await WebSocketPeer(accepting: raw, trailing: WebSocketPeer.bytes(1, Array("early".utf8)))
            #expect(peer.request.first == "GET /ws-re-dev?x=1 HTTP/1.1")
            #expect(try await peer.receiveText() == "early")
            try await peer.send(text: "later")
            #expect(try await peer.receiveText() == "later")
            try await peer.sendClose(1000, "goodbye")
            #expect(try await peer.receiveClose() == 1000)
            await raw.waitForEnd()
        }
        #expect(end.code == .closedByPeer(1000))
        #expect(end.message.contains("goodbye"))
    }

    @Test("A message of a megabyte passes in both directions")
    func large() async throws {
        let text = String(repeating: "0123456789abcdef", count: 65536)
        _ = try await withLoopbackServer { port in
            try await echo("ws://127.0.0.1:\(port)/")
        } server: { raw, _ in
            let peer = try await WebSocketPeer(accepting: raw)
            try await peer.send(text: text)
            #expect(try await peer.receiveText() == text)
            try await peer.sendClose(1000)
        }
    }

    @Test("A bare reset after the upgrade is an error value")
    func reset() async throws {
        let end = try await withLoopbackServer { port in
            try await echo("ws://127.0.0.1:\(port)/")
        } server: { raw, _ in
            _ = try await WebSocketPeer(accepting: raw)
            try await raw.reset()
        }
        #expect(end.code == .reset)
    }

    @Test(
        "A server that refuses, answers garbage, hangs up or chooses another subprotocol is a clear error",
        arguments: [
            ("HTTP/1.1 404 Not Found\r\n\r\n", TransportError.Code.upgradeRefused),
            ("SSH-2.0-OpenSSH\r\n", .upgradeRefused), ("", .reset),
        ])
    func refused(answer: String, code: TransportError.Code) async throws {
        let error = try await withLoopbackServer { port in
            await failure("ws://127.0.0.1:\(port)/")
        } server: { raw, _ in
            _ = try await raw.takeRequestHead()
            if !answer.isEmpty { try await raw.write(answer) } else { await raw.close() }
            await raw.waitForEnd()
        }
        #expect(error?.code == code)
    }

    @Test("An upgrade without the offered subprotocol is refused (wamp-protocol.md 5.1)")
    func noSubprotocol() async throws {
        let error = try await withLoopbackServer { port in
            await failure("ws://127.0.0.1:\(port)/")
        } server: { raw, _ in
            _ = try await WebSocketPeer(accepting: raw, subprotocol: nil)
            await raw.waitForEnd()
        }
        #expect(error?.code == .upgradeRefused)
    }

    @Test("A server that accepts and says nothing is given up after the connect time-out, and the connection is closed")
    func silent() async throws {
        let error = try await withLoopbackServer { port in
            await failure(
                "ws://127.0.0.1:\(port)/", configuration: WebSocketConfiguration(connectTimeout: .milliseconds(50)))
        } server: { raw, _ in
            _ = try? await raw.takeRequestHead()
            await raw.waitForEnd()
        }
        #expect(error?.code == .timedOut)
    }

    @Test("A port where nobody listens is unreachable")
    func unreachable() async throws {
        let port = try await withLoopbackServer { port in
            port
        } server: { _, _ in
        }
        #expect(await failure("ws://127.0.0.1:\(port)/")?.code == .unreachable)
    }

    @Test("A cancelled task stops opening at once")
    func cancelled() async throws {
        let opened = try await withLoopbackServer { port in
            await withTaskGroup(of: TransportError?.self) { group in
                group.addTask { await failure("ws://127.0.0.1:\(port)/") }
                group.cancelAll()
                return await group.next() ?? nil
            }
        } server: { raw, _ in
            await raw.waitForEnd()
        }
        #expect(opened?.code == .cancelled)
    }
}

@Suite("TLS", .timeLimit(.minutes(1)))
struct TransportTLSTests {
    private static func configuration(_ roots: WebSocketTrustRoots) -> WebSocketConfiguration {
        WebSocketConfiguration(connectTimeout: .seconds(20), trustRoots: roots)
    }

    private static func serve(_ raw: RawPeer) async throws {
        let peer = try await WebSocketPeer(accepting: raw)
        try await peer.send(text: "secret")
        #expect(try await peer.receiveText() == "secret")
        try await peer.sendClose(1000)
        await raw.waitForEnd()
    }

    @Test(
        "A trusted certificate is accepted, by name with SNI and by address without it",
        arguments: ["localhost", "127.0.0.1"])
    func trusted(host: String) async throws {
        let end = try await withLoopbackServer(tls: TLSFixture.serverContext()) { port in
            try await echo(
                "wss://\(host):\(port)/", configuration: Self.configuration(.pem(Array(TLSFixture.certificate.utf8))))
        } server: { raw, _ in
            try await Self.serve(raw)
        }
        #expect(end.code == .closedByPeer(1000))
    }

    @Test("A certificate that the system does not know is refused")
    func untrusted() async throws {
        let error = try await withLoopbackServer(tls: TLSFixture.serverContext()) { port in
            await failure("wss://localhost:\(port)/", configuration: Self.configuration(.system))
        } server: { raw, _ in
            await raw.waitForEnd()
        }
        #expect(error?.code == .tls)
    }

    @Test("A server without TLS is a TLS error, not a hang")
    func noTLS() async throws {
        let error = try await withLoopbackServer { port in
            await failure("wss://localhost:\(port)/", configuration: Self.configuration(.system))
        } server: { raw, _ in
            _ = await raw.readMore()
            try await raw.write("HTTP/1.1 400 Bad Request\r\n\r\n")
            await raw.waitForEnd()
        }
        #expect(error?.code == .tls)
    }
}

@Suite("An HTTP proxy", .timeLimit(.minutes(1)))
struct TransportProxyTests {
    private static func configuration(_ port: Int, user: String = "") -> WebSocketConfiguration {
        let proxy = "http://\(user)127.0.0.1:\(port)"
        return WebSocketConfiguration(
            connectTimeout: .seconds(20), environment: ["HTTP_PROXY": proxy, "HTTPS_PROXY": proxy],
            trustRoots: .pem(Array(TLSFixture.certificateForName.utf8)))
    }

    @Test("CONNECT with Basic credentials opens the tunnel, and the upgrade goes through it")
    func tunnel() async throws {
        let end = try await withLoopbackServer { port in
            try await echo("ws://router.test/ws", configuration: Self.configuration(port, user: "user:pass@"))
        } server: { raw, _ in
            let head = try await raw.takeRequestHead()
            #expect(head.first == "CONNECT router.test:80 HTTP/1.1")
            #expect(WebSocketPeer.value("Host", in: head) == "router.test:80")
            #expect(WebSocketPeer.value("Proxy-Authorization", in: head) == "Basic dXNlcjpwYXNz")
            try await raw.write("HTTP/1.0 200 Connection established\r\nVia: test\r\n\r\n")
            let peer = try await WebSocketPeer(accepting: raw)
            #expect(WebSocketPeer.value("Host", in: peer.request) == "router.test")
            #expect(WebSocketPeer.value("Proxy-Authorization", in: peer.request) == nil)
            try await peer.sendClose(1000)
            await raw.waitForEnd()
        }
        #expect(end.code == .closedByPeer(1000))
    }

    @Test("TLS goes through the tunnel and is checked against the router's name")
    func tlsThroughTunnel() async throws {
        let end = try await withTLSProxy(name: "router.test")
        #expect(end?.code == .closedByPeer(1000))
        let refused = try await withTLSProxy(name: "other.test")
        #expect(refused?.code == .tls)
    }

    /// A proxy in front of a TLS server: it forwards bytes between the two.
    private func withTLSProxy(name: String) async throws -> TransportError? {
        // An address in the certificate would also count: here it would be the proxy's.
        try await withLoopbackServer(tls: TLSFixture.serverContext(TLSFixture.certificateForName)) { routerPort in
            try await withLoopbackServer { port in
                do {
                    return try await echo("wss://\(name)/ws", configuration: Self.configuration(port))
                } catch let error as TransportError {
                    return error
                }
            } server: { raw, _ in
                let head = try await raw.takeRequestHead()
                #expect(head.first == "CONNECT \(name):443 HTTP/1.1")
                try await raw.forward(toLoopbackPort: routerPort, answer: "HTTP/1.1 200 OK\r\n\r\n")
            }
        } server: { raw, _ in
            // Nothing comes from a client that refuses the certificate.
            guard let peer = try? await WebSocketPeer(accepting: raw) else { return }
            try await peer.sendClose(1000)
            await raw.waitForEnd()
        }
    }

    @Test(
        "A refusing proxy is an error with its status and without the credentials",
        arguments: [
            ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "407"), ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "502"),
            ("SOCKS", "HTTP/1"), ("HTTP/1.1 200 OK\r\n\r\nunasked", "after its answer"),
        ])
    func refused(answer: String, fragment: String) async throws {
        let error = try await withLoopbackServer { port in
            await failure("ws://router.test/", configuration: Self.configuration(port, user: "user:hidden@"))
        } server: { raw, _ in
            _ = try await raw.takeRequestHead()
            try await raw.write(answer)
            await raw.waitForEnd()
        }
        #expect(error?.code == .proxyRefused)
        #expect(error?.message.contains(fragment) == true)
        #expect(error?.message.contains("hidden") == false)
    }

    @Test("A proxy that says nothing is inside the connect time-out")
    func silent() async throws {
        let error = try await withLoopbackServer { port in
            var configuration = Self.configuration(port)
            configuration.connectTimeout = .milliseconds(50)
            return await failure("ws://router.test/", configuration: configuration)
        } server: { raw, _ in
            await raw.waitForEnd()
        }
        #expect(error?.code == .timedOut)
    }
}

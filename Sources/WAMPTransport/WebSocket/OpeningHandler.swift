import NIOCore
import NIOPosix
import NIOSSL

/// Opens a connection: CONNECT through the proxy, TLS, upgrade; then it leaves the pipeline to the WebSocket handlers.
final class OpeningHandler<Output: Sendable>: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase { case idle, proxy, upgrade, done }

    private let handshake: OpeningHandshake
    private let proxy: HTTPProxy?
    private let tls: NIOSSLContext?
    private let configuration: WebSocketConfiguration
    private let setUp: @Sendable (any Channel, String?) throws -> Output
    private let opened: EventLoopPromise<Output>
    private var phase = Phase.idle
    private var unread = ByteBuffer()

    init(
        handshake: OpeningHandshake, proxy: HTTPProxy?, tls: NIOSSLContext?, configuration: WebSocketConfiguration,
        setUp: @escaping @Sendable (any Channel, String?) throws -> Output, opened: EventLoopPromise<Output>
    ) {
        self.handshake = handshake
        self.proxy = proxy
        self.tls = tls
        self.configuration = configuration
        self.setUp = setUp
        self.opened = opened
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .done else { return context.fireChannelRead(data) }
        unread.writeImmutableBuffer(unwrapInboundIn(data))
        do {
            switch phase {
            case .idle, .done: break
            case .proxy: try readProxyAnswer(context)
            case .upgrade: try readUpgradeAnswer(context)
            }
        } catch {
            fail(error, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard phase != .done else { return context.fireErrorCaught(error) }
        fail(TransportError(opening: error, url: handshake.url), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(TransportError(.reset, "The connection ended during the opening handshake."), context)
        context.fireChannelInactive()
    }

    // MARK: - Steps

    private func start(_ context: ChannelHandlerContext) {
        guard phase == .idle else { return }
        guard let proxy else { return startUpgrade(context) }
        phase = .proxy
        let authority = handshake.url.authority
        var request = "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n"
        if let authorization = proxy.authorization { request += "Proxy-Authorization: \(authorization)\r\n" }
        request += "User-Agent: \(configuration.userAgent)\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    private func readProxyAnswer(_ context: ChannelHandlerContext) throws(TransportError) {
        guard let answer = try HTTPResponseHead.read(from: &unread, code: .proxyRefused) else { return }
        guard (200..<300).contains(answer.status) else {
            throw TransportError(.proxyRefused, "The proxy \(proxy?.description ?? "") answered \(answer.status).")
        }
        // In both protocols the client speaks first, so nothing can follow the head.
        guard unread.readableBytes == 0 else {
            throw TransportError(.proxyRefused, "The proxy sent bytes after its answer.")
        }
        startUpgrade(context)
    }

    private func startUpgrade(_ context: ChannelHandlerContext) {
        phase = .upgrade
        do {
            if let tls {
                let handler = try NIOSSLClientHandler(context: tls, serverHostname: handshake.url.serverName)
                try context.pipeline.syncOperations.addHandler(handler, position: .before(self))
            }
        } catch {
            return fail(TransportError(.tls, "TLS could not be started: \(error)."), context)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: handshake.request)), promise: nil)
    }

    private func readUpgradeAnswer(_ context: ChannelHandlerContext) throws(TransportError) {
        guard let answer = try HTTPResponseHead.read(from: &unread, code: .upgradeRefused) else { return }
        let subprotocol = try handshake.check(answer)
        phase = .done
        do {
            try context.pipeline.syncOperations.addHandler(WebSocketHandler(configuration: configuration))
            opened.succeed(try setUp(context.channel, subprotocol))
        } catch {
            opened.fail(TransportError(.closed, "The connection could not be set up: \(error)."))
            return context.close(promise: nil)
        }
        // Frames may have come together with the answer.
        if unread.readableBytes > 0 { context.fireChannelRead(NIOAny(unread)) }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func fail(_ error: TransportError, _ context: ChannelHandlerContext) {
        guard phase != .done else { return }
        phase = .done
        opened.fail(error)
        context.close(promise: nil)
    }
}

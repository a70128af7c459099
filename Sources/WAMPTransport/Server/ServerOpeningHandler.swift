import NIOCore

/// Reads the opening handshake of a client, answers it, and makes way for a ``WebSocketServerConnection``.
final class ServerOpeningHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase { case opening, refused, done }

    private let handshake: ServerHandshake
    private let peer: ConnectionPeer
    private let refusal: ServerHandshake.Refusal?
    private let opened: (WebSocketServerConnection) -> Void
    /// Runs exactly once, when the opening has ended in whatever way.
    private var settled: (() -> Void)?
    private var phase = Phase.opening
    private var unread = ByteBuffer()
    private var bound: Scheduled<Void>?

    /// - Parameter refusal: what every request is answered with, for a server that is full.
    init(
        handshake: ServerHandshake, peer: ConnectionPeer, refusal: ServerHandshake.Refusal?,
        opened: @escaping (WebSocketServerConnection) -> Void, settled: @escaping () -> Void
    ) {
        self.handshake = handshake
        self.peer = peer
        self.refusal = refusal
        self.opened = opened
        self.settled = settled
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let timeout = TimeAmount(handshake.configuration.openingTimeout)
        bound = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        bound?.cancel()
        settle()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        case .done: context.fireChannelRead(data)
        case .refused: break
        case .opening:
            unread.writeImmutableBuffer(unwrapInboundIn(data))
            read(context)
        }
    }

    /// TLS that fails or a line that breaks; there is nobody to tell.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func read(_ context: ChannelHandlerContext) {
        do throws(HTTPRequestHead.Malformed) {
            guard let request = try HTTPRequestHead.read(from: &unread) else { return }
            if let refusal { return refuse(refusal, context) }
            switch handshake.answer(to: request) {
            case .refuse(let refusal): refuse(refusal, context)
            case .accept(let subprotocol, let response): accept(subprotocol, response, context)
            }
        } catch {
            refuse(.malformed, context)
        }
    }

    private func accept(_ subprotocol: String, _ response: String, _ context: ChannelHandlerContext) {
        phase = .done
        let connection = WebSocketServerConnection(
            peer: peer, subprotocol: subprotocol, configuration: handshake.configuration)
        do {
            try context.pipeline.syncOperations.addHandler(connection)
        } catch {
            return context.close(promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: response)), promise: nil)
        settle()
        opened(connection)
        // Frames may have come together with the request.
        if unread.readableBytes > 0 { context.fireChannelRead(NIOAny(unread)) }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    /// Ends the sending side only: with unread bytes on the socket a full close would be a reset, which takes the
    /// answer away from the client.
    private func refuse(_ refusal: ServerHandshake.Refusal, _ context: ChannelHandlerContext) {
        phase = .refused
        unread = ByteBuffer()
        settle()
        bound?.cancel()
        let closeTimeout = TimeAmount(handshake.configuration.closeTimeout)
        bound = context.eventLoop.assumeIsolated().scheduleTask(in: closeTimeout) { context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: refusal.response)), promise: nil)
        context.close(mode: .output, promise: nil)
    }

    private func settle() {
        settled?()
        settled = nil
    }
}

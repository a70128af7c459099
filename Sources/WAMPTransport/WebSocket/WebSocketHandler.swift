import NIOCore
import NIOWebSocket

/// Carries out what ``WebSocketMachine`` decides: frames below, whole messages above.
///
/// Every end of the connection reaches the next handler as exactly one `TransportError`, before `channelInactive`.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketMessage
    typealias OutboundIn = WebSocketMessage
    typealias OutboundOut = WebSocketFrame

    private var machine: WebSocketMachine
    private let pingInterval: TimeAmount?
    private let closeTimeout: TimeAmount
    private var timers: [Scheduled<Void>] = []
    private var nextPing: Scheduled<Void>?

    init(configuration: WebSocketConfiguration) {
        machine = WebSocketMachine(maxMessageSize: configuration.maxMessageSize)
        pingInterval = configuration.pingInterval.map(TimeAmount.init)
        closeTimeout = TimeAmount(configuration.closeTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) { schedulePing(context) }

    func handlerRemoved(context: ChannelHandlerContext) {
        nextPing?.cancel()
        timers.forEach { $0.cancel() }
    }

    // MARK: - Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        machine.bytesArrived()
        perform(machine.received(unwrapInboundIn(data)), context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        machine.bytesArrived()
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? NIOWebSocketError {
            perform(machine.refused(error), context)
        } else if let ended = machine.connectionLost() {
            // A bare reset is normal: one router never sends a close frame (wamp-protocol.md 5.3).
            context.fireErrorCaught(TransportError(ended.code, "\(ended.message.dropLast()) (\(error))."))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let ended = machine.connectionLost() { context.fireErrorCaught(ended) }
        context.fireChannelInactive()
    }

    // MARK: - Outbound

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let message = unwrapOutboundIn(data)
        let frame = Self.frame(message.isText ? .text : .binary, message.data)
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let request = event as? WebSocketCloseRequest else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        perform(machine.closeRequested(request.code), context)
        promise?.succeed()
    }

    // MARK: - Actions

    private func perform(_ action: WebSocketMachine.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none:
            break
        case .deliver(let message):
            context.fireChannelRead(wrapInboundOut(message))
        case .pong(let payload):
            context.writeAndFlush(wrapOutboundOut(Self.frame(.pong, payload)), promise: nil)
        case .ping:
            context.writeAndFlush(wrapOutboundOut(Self.frame(.ping, ByteBuffer(string: "keepalive"))), promise: nil)
        case .fail(let code, let error), .answerClose(.some(let code), let error):
            context.fireErrorCaught(error)
            closeAfterSending(code, context)
        case .answerClose(nil, let error):
            context.fireErrorCaught(error)
            closeAfterSending(nil, context)
        case .finish:
            context.fireErrorCaught(TransportError(.closed, "The connection was closed here."))
            context.close(promise: nil)
        case .abandon(let error):
            context.fireErrorCaught(error)
            context.close(promise: nil)
        case .sendClose(let code):
            context.writeAndFlush(wrapOutboundOut(Self.closeFrame(code)), promise: nil)
            closeLater(context)
        }
    }

    private func closeAfterSending(_ code: UInt16?, _ context: ChannelHandlerContext) {
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(Self.closeFrame(code)), promise: sent)
        closeLater(context)
    }

    /// A peer that no longer reads must not hold the connection open.
    private func closeLater(_ context: ChannelHandlerContext) {
        timers.append(
            context.eventLoop.assumeIsolated().scheduleTask(in: closeTimeout) { context.close(promise: nil) })
    }

    private func schedulePing(_ context: ChannelHandlerContext) {
        guard let pingInterval else { return }
        nextPing = context.eventLoop.assumeIsolated().scheduleTask(in: pingInterval) {
            self.schedulePing(context)
            self.perform(self.machine.pingDue(), context)
        }
    }

    private static func closeFrame(_ code: UInt16?) -> WebSocketFrame {
        frame(.connectionClose, code.map { ByteBuffer(integer: $0) } ?? ByteBuffer())
    }

    /// RFC 6455 5.3: a client masks every frame with a fresh key.
    private static func frame(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
    }
}

import NIOCore

/// The client's end of an open WebSocket: bytes below, whole messages above. Carries out what ``WebSocketMachine``
/// decides.
///
/// Every end of the connection reaches the next handler as exactly one `TransportError`, before `channelInactive`.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = WebSocketMessage
    typealias OutboundIn = WebSocketMessage
    typealias OutboundOut = ByteBuffer

    private var machine: WebSocketMachine
    private var reader: FrameReader
    private let pingInterval: TimeAmount?
    private let closeTimeout: TimeAmount
    private var timers: [Scheduled<Void>] = []
    private var nextPing: Scheduled<Void>?

    init(configuration: WebSocketConfiguration) {
        machine = WebSocketMachine(maxMessageSize: configuration.maxMessageSize)
        reader = FrameReader(role: .client, maxPayload: configuration.maxMessageSize)
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
        reader.append(unwrapInboundIn(data))
        do throws(FrameFault) {
            while !machine.isClosed, let frame = try reader.next() { perform(machine.received(frame), context) }
        } catch {
            perform(machine.refused(error), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let ended = machine.connectionLost() {
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

    private static func closeFrame(_ code: UInt16?) -> ByteBuffer { frame(.close, FrameWriter.closePayload(code)) }

    /// RFC 6455 5.3: a client masks every frame with a fresh key.
    private static func frame(_ opcode: Frame.Opcode, _ payload: ByteBuffer) -> ByteBuffer {
        FrameWriter.frame(opcode, payload, key: .random(in: .min ... .max))
    }
}

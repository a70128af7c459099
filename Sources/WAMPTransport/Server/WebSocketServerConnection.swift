public import NIOCore

/// What the owner of an accepted connection hears of it, always on the connection's event loop.
public protocol WebSocketReceiver: AnyObject {
    func received(_ message: WebSocketMessage)
    /// The end, exactly once: nothing is delivered after it and nothing sent any more reaches the peer.
    func ended(_ error: TransportError)
}

/// An accepted and upgraded WebSocket connection.
///
/// It lives on its channel's event loop and is used there only. It is its channel's only handler (besides TLS), and it
/// owns no timer: the owner calls ``checkAlive()`` for all its connections from one scan.
public final class WebSocketServerConnection: ChannelInboundHandler {
    public typealias InboundIn = ByteBuffer
    public typealias OutboundOut = ByteBuffer

    public let peer: ConnectionPeer
    /// The subprotocol chosen in the opening handshake.
    public let subprotocol: String
    /// Let go at the end.
    public var receiver: (any WebSocketReceiver)?

    /// A peer that sends pings and does not read the pongs gets none beyond so many unsent bytes.
    private static let pongLimit = 64 * 1024

    private var machine: WebSocketMachine
    private var reader: FrameReader
    private let closeTimeout: TimeAmount
    private var context: ChannelHandlerContext?
    private var closing: Scheduled<Void>?

    init(peer: ConnectionPeer, subprotocol: String, configuration: WebSocketServerConfiguration) {
        self.peer = peer
        self.subprotocol = subprotocol
        machine = WebSocketMachine(maxMessageSize: configuration.maxMessageSize)
        reader = FrameReader(role: .server, maxPayload: configuration.maxMessageSize)
        closeTimeout = TimeAmount(configuration.closeTimeout)
    }

    // MARK: - For the owner

    /// False as soon as the end has begun on either side.
    public var isOpen: Bool { machine.isOpen && context != nil }

    /// A whole frame as it goes to any number of clients: a server does not mask.
    ///
    /// - Parameter write: appends the message to the buffer.
    public static func frame<Failure: Error>(
        isText: Bool, capacity: Int = 240, write: (inout ByteBuffer) throws(Failure) -> Void
    ) throws(Failure) -> ByteBuffer {
        try FrameWriter.frame(isText ? .text : .binary, capacity: capacity, write: write)
    }

    /// Queues a frame made by ``frame(isText:capacity:write:)``; ``flush()`` sends what is queued.
    public func write(_ frame: ByteBuffer) {
        guard machine.isOpen, let context else { return }
        context.write(NIOAny(frame), promise: nil)
    }

    public func flush() { context?.flush() }

    /// Bytes queued and not yet taken by the operating system.
    public var unsentBytes: Int {
        guard let options = context?.channel.syncOptions else { return 0 }
        // A channel that cannot say so has a close coming; zero does no harm then.
        return (try? options.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Sends what is queued, then a close frame; the channel closes when the peer has answered, after the close
    /// time-out at the latest.
    public func close(code: UInt16 = 1000) {
        guard let context else { return }
        perform(machine.closeRequested(code), context)
    }

    /// Ends at once, without a close frame: nobody would read it.
    public func drop(_ error: TransportError) {
        guard let context, machine.connectionLost() != nil else { return }
        end(error)
        context.close(promise: nil)
    }

    /// Call it once per ping interval: sends a ping, or drops a peer of which two intervals heard nothing.
    public func checkAlive() {
        guard let context else { return }
        perform(machine.pingDue(), context)
    }

    // MARK: - Channel

    public func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    public func handlerRemoved(context: ChannelHandlerContext) {
        closing?.cancel()
        self.context = nil
        receiver = nil
    }

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        machine.bytesArrived()
        reader.append(unwrapInboundIn(data))
        do throws(FrameFault) {
            while !machine.isClosed, let frame = try reader.next() { perform(machine.received(frame), context) }
        } catch {
            perform(machine.refused(error), context)
        }
    }

    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let ended = machine.connectionLost() else { return }
        end(TransportError(ended.code, "\(ended.message.dropLast()) (\(error))."))
        context.close(promise: nil)
    }

    public func channelInactive(context: ChannelHandlerContext) {
        if let ended = machine.connectionLost() { end(ended) }
        context.fireChannelInactive()
    }

    // MARK: - Actions

    private func perform(_ action: WebSocketMachine.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none:
            break
        case .deliver(let message):
            receiver?.received(message)
        case .pong(let payload):
            guard unsentBytes < Self.pongLimit else { return }
            send(.pong, payload, context)
        case .ping:
            send(.ping, ByteBuffer(string: "keepalive-ws"), context)
        case .fail(let code, let error), .answerClose(.some(let code), let error):
            end(error)
            closeAfterSending(code, context)
        case .answerClose(nil, let error):
            end(error)
            closeAfterSending(nil, context)
        case .finish:
            end(TransportError(.closed, "The connection was closed here."))
            context.close(promise: nil)
        case .abandon(let error):
            end(error)
            context.close(promise: nil)
        case .sendClose(let code):
            send(.close, FrameWriter.closePayload(code), context)
            closeLater(context)
        }
    }

    private func end(_ error: TransportError) { receiver.take()?.ended(error) }

    private func send(_ opcode: Frame.Opcode, _ payload: ByteBuffer, _ context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(FrameWriter.frame(opcode, payload, key: nil)), promise: nil)
    }

    private func closeAfterSending(_ code: UInt16?, _ context: ChannelHandlerContext) {
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        let frame = FrameWriter.frame(.close, FrameWriter.closePayload(code), key: nil)
        context.writeAndFlush(NIOAny(frame), promise: sent)
        closeLater(context)
    }

    /// A peer that no longer reads must not hold the connection open.
    private func closeLater(_ context: ChannelHandlerContext) {
        closing?.cancel()
        closing = context.eventLoop.assumeIsolated().scheduleTask(in: closeTimeout) { context.close(promise: nil) }
    }
}

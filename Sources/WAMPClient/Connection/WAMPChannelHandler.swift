import NIOCore
import WAMPTransport

/// The last handler of the pipeline: gives messages to the connection, which lives on the same event loop.
final class WAMPChannelHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketMessage

    private let connection: WAMPConnection

    init(connection: WAMPConnection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let message = unwrapInboundIn(data)
        connection.assumeIsolated { $0.received(message) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        connection.assumeIsolated { $0.writabilityChanged() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.assumeIsolated { $0.transportClosed("\(error)") }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.assumeIsolated { $0.transportClosed("The connection ended.") }
    }
}

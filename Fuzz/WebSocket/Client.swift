import FuzzSupport
import NIOCore
import NIOEmbedded

@testable import WAMPTransport

/// The client's pipeline on an embedded loop.
final class Client {
    private let channel = EmbeddedChannel()
    private let recorder = EndRecorder()
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
        let configuration = WebSocketConfiguration(pingInterval: nil, maxMessageSize: limit)
        do {
            try channel.pipeline.syncOperations.addHandlers([WebSocketHandler(configuration: configuration), recorder])
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        } catch {
            violated("the pipeline cannot be built: \(error)")
        }
    }

    func read(_ pieces: [[UInt8]]) -> Outcome {
        for piece in pieces where channel.isActive {
            channel.pipeline.fireChannelRead(ByteBuffer(bytes: piece))
            channel.pipeline.fireChannelReadComplete()
            channel.embeddedEventLoop.run()
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return Outcome(messages: recorder.messages, end: recorder.codes, limit: limit)
    }
}

private final class EndRecorder: ChannelInboundHandler {
    typealias InboundIn = WebSocketMessage

    var messages: [WebSocketMessage] = []
    var codes: [TransportError.Code] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        expect(codes.isEmpty, "a message after the end")
        messages.append(unwrapInboundIn(data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? TransportError else { violated("an error that is none of ours: \(error)") }
        codes.append(error.code)
    }
}

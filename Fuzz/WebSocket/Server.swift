import FuzzSupport
import NIOCore
import NIOEmbedded

@testable import WAMPTransport

/// A server's connection on an embedded loop.
final class Server {
    private let channel = EmbeddedChannel()
    private let receiver = Receiver()
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
        var configuration = WebSocketServerConfiguration(subprotocols: ["wamp.2.json"])
        configuration.maxMessageSize = limit
        let connection = WebSocketServerConnection(
            peer: ConnectionPeer.unknown, subprotocol: "wamp.2.json", configuration: configuration)
        connection.receiver = receiver
        do {
            try channel.pipeline.syncOperations.addHandler(connection)
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
        return Outcome(messages: receiver.messages, end: receiver.codes, limit: limit)
    }
}

private final class Receiver: WebSocketReceiver {
    var messages: [WebSocketMessage] = []
    var codes: [TransportError.Code] = []

    func received(_ message: WebSocketMessage) {
        expect(codes.isEmpty, "a message after the end")
        messages.append(message)
    }

    func ended(_ error: TransportError) { codes.append(error.code) }
}

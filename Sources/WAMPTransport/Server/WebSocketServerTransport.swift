public import NIOCore
import NIOPosix
import NIOSSL

/// Listens for WebSocket connections: on TCP, plain or with TLS, and on Unix sockets.
public enum WebSocketServerTransport {
    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - loop: the listener and all its connections live on this one event loop.
    ///   - admit: asked on the loop for every accepted connection; false answers 503.
    ///   - setUp: runs on the loop for every upgraded connection, before any message is delivered; it sets the
    ///     connection's receiver.
    /// - Throws: `TransportError` with code `unreachable` when the address cannot be had.
    public static func listen(
        on address: ListeningAddress, tls: ServerTLS? = nil, configuration: WebSocketServerConfiguration,
        loop: any EventLoop, admit: @escaping @Sendable (ConnectionPeer) -> Bool = { _ in true },
        setUp: @escaping @Sendable (WebSocketServerConnection) -> Void
    ) async throws(TransportError) -> WebSocketListener {
        let acceptor = NIOLoopBoundBox.makeBoxSendingValue(
            Acceptor(
                handshake: ServerHandshake(configuration: configuration), tls: tls, isLocal: address.isLocal,
                admit: admit, setUp: setUp), eventLoop: loop)
        let bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: address.isLocal ? 0 : 1)
            .childChannelOption(.recvAllocator, value: TransientReceiveAllocator())
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try acceptor.value.accept(channel) }
            }
        switch address {
        case .tcp(let host, let port):
            let channel: any Channel
            do {
                channel = try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .bind(host: host, port: port).get()
            } catch {
                throw TransportError(.unreachable, "\(address) cannot be listened on: \(error).")
            }
            let bound = ListeningAddress.tcp(host: host, port: channel.localAddress?.port ?? port)
            return WebSocketListener(address: bound, channel: channel, file: nil)
        case .unix(let path):
            let (file, descriptor) = try UnixSocketFile.bind(path)
            do {
                let channel = try await bootstrap.withBoundSocket(descriptor).get()
                return WebSocketListener(address: address, channel: channel, file: file)
            } catch {
                file.remove()
                throw TransportError(.unreachable, "\(address) cannot be listened on: \(error).")
            }
        }
    }
}

/// A listening socket.
public struct WebSocketListener: Sendable {
    /// Where it listens, with the port that was really taken.
    public let address: ListeningAddress
    private let channel: any Channel
    private let file: UnixSocketFile?

    init(address: ListeningAddress, channel: any Channel, file: UnixSocketFile?) {
        self.address = address
        self.channel = channel
        self.file = file
    }

    /// Takes no further connections; those that are open stay.
    public func close() async {
        // It can only be closed already.
        try? await channel.close()
        file?.remove()
    }
}

extension ListeningAddress {
    var isLocal: Bool { if case .unix = self { true } else { false } }
}

/// Sets up accepted channels; lives on the event loop.
private final class Acceptor {
    private let handshake: ServerHandshake
    private let tls: ServerTLS?
    private let isLocal: Bool
    private let admit: @Sendable (ConnectionPeer) -> Bool
    private let setUp: @Sendable (WebSocketServerConnection) -> Void
    private var opening = 0

    init(
        handshake: ServerHandshake, tls: ServerTLS?, isLocal: Bool, admit: @escaping @Sendable (ConnectionPeer) -> Bool,
        setUp: @escaping @Sendable (WebSocketServerConnection) -> Void
    ) {
        self.handshake = handshake
        self.tls = tls
        self.isLocal = isLocal
        self.admit = admit
        self.setUp = setUp
    }

    func accept(_ channel: any Channel) throws {
        let peer = ConnectionPeer.of(channel, isLocal: isLocal)
        let isFull = opening >= handshake.configuration.maxOpening || !admit(peer)
        opening += 1
        let handler = ServerOpeningHandler(
            handshake: handshake, peer: peer, refusal: isFull ? .full : nil, opened: setUp,
            settled: { self.opening -= 1 })
        if let tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls.context))
        }
        try channel.pipeline.syncOperations.addHandler(handler)
    }
}

import AsyncSupport
import NIOCore
import NIOPosix
public import NIOSSL
import Synchronization

/// Runs a client against a scripted server on a loopback port: a free one, if none is given.
///
/// The server's closure runs once per connection, in the order of acceptance, with its number from 0 on; a
/// `ScriptError` in it ends the whole and is thrown here. When the client has ended, the running scripts are awaited:
/// they see the end of their connections.
public func withLoopbackServer<R: Sendable>(
    tls: NIOSSLContext? = nil, port: Int = 0, client: @escaping @Sendable (_ port: Int) async throws -> R,
    server: @escaping @Sendable (_ peer: RawPeer, _ number: Int) async throws -> Void
) async throws -> R {
    let accepted = BoundedChannel<AcceptedConnection>(capacity: 1000, overflow: .fail)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                let connection = AcceptedConnection(channel: channel)
                try channel.pipeline.syncOperations.addHandler(InboundCollector(connection.inbound))
                accepted.send(connection)
            }
        }
        .bind(host: "127.0.0.1", port: port).get()
    guard let port = listener.localAddress?.port else { throw ScriptError("The listener has no port.") }
    let failure = FirstFailure()
    return try await withThrowingTaskGroup(of: R?.self) { group in
        group.addTask {
            try await serve(accepted, failure: failure, server: server)
            return nil
        }
        group.addTask {
            let result = await outcome(of: client, port: port)
            try? await listener.close()
            accepted.finish()
            // When the script failed, the client's failure is only what came of it.
            if case .failure = result, let error = failure.error { throw error }
            return try result.get()
        }
        defer { group.cancelAll() }
        var result: R?
        while let ended = try await group.next() { result = ended ?? result }
        guard let result else { throw ScriptError("The client ended without a result.") }
        return result
    }
}

private func outcome<R>(of client: (Int) async throws -> R, port: Int) async -> Result<R, any Error> {
    do {
        return .success(try await client(port))
    } catch {
        return .failure(error)
    }
}

private func serve(
    _ accepted: BoundedChannel<AcceptedConnection>, failure: FirstFailure,
    server: @escaping @Sendable (RawPeer, Int) async throws -> Void
) async throws {
    try await withThrowingDiscardingTaskGroup { group in
        var number = 0
        for await connection in accepted {
            let own = number
            number += 1
            group.addTask {
                defer { connection.channel.close(promise: nil) }
                do {
                    try await server(RawPeer(connection), own)
                } catch let error as ScriptError {
                    failure.record(error)
                    throw error
                } catch is CancellationError {
                } catch is ChannelError {
                    // The client closed first.
                } catch is IOError {
                }
            }
        }
    }
}

/// What went wrong first in a script.
private final class FirstFailure: Sendable {
    private let first = Mutex<ScriptError?>(nil)

    var error: ScriptError? { first.withLock { $0 } }

    func record(_ error: ScriptError) { first.withLock { $0 = $0 ?? error } }
}

/// The server's end of a connection and the bytes that arrive on it.
struct AcceptedConnection: Sendable {
    let channel: any Channel
    let inbound: BoundedChannel<ByteBuffer>

    init(
        channel: any Channel,
        inbound: BoundedChannel<ByteBuffer> = BoundedChannel<ByteBuffer>(capacity: 100_000, overflow: .fail)
    ) {
        self.channel = channel
        self.inbound = inbound
    }
}

/// Hands bytes to the script and tells it the end.
final class InboundCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let inbound: BoundedChannel<ByteBuffer>

    init(_ inbound: BoundedChannel<ByteBuffer>) { self.inbound = inbound }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { inbound.send(unwrapInboundIn(data)) }

    func channelInactive(context: ChannelHandlerContext) { inbound.finish() }

    /// A reset or a failed TLS handshake is an end like any other.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

import NIOCore
import NIOPosix
public import NIOSSL

/// Runs a client against a scripted server on a loopback port.
///
/// The server's closure runs once per connection, in the order of acceptance, with its number from 0 on. An error in
/// it ends the whole and is thrown here, unless the client's closure has ended.
public func withLoopbackServer<R: Sendable>(
    tls: NIOSSLContext? = nil, client: @escaping @Sendable (_ port: Int) async throws -> R,
    server: @escaping @Sendable (_ peer: RawPeer, _ number: Int) async throws -> Void
) async throws -> R {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .bind(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeCompletedFuture {
                if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    guard let port = listener.channel.localAddress?.port else { throw ScriptError("The listener has no port.") }
    return try await withThrowingTaskGroup(of: R?.self) { group in
        group.addTask {
            try await accept(on: listener, server: server)
            return nil
        }
        group.addTask { try await client(port) }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw ScriptError("The client ended without a result.")
    }
}

private func accept(
    on listener: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>,
    server: @escaping @Sendable (RawPeer, Int) async throws -> Void
) async throws {
    try await withThrowingDiscardingTaskGroup { group in
        try await listener.executeThenClose { connections in
            var number = 0
            for try await connection in connections {
                let own = number
                number += 1
                group.addTask {
                    do {
                        try await connection.executeThenClose { inbound, _ in
                            try await server(RawPeer(connection, inbound: inbound), own)
                        }
                    } catch let error as ScriptError {
                        throw error
                    } catch is CancellationError {
                    } catch is ChannelError {
                        // The client closed first.
                    } catch is IOError {
                    }
                }
            }
        }
        group.cancelAll()
    }
}

public import Logging
import NIOCore
import NIOPosix
import WAMP
import WAMPTransport

/// A WAMP client over WebSocket.
///
/// ```swift
/// try await WAMPClient.withSession(configuration, logger: logger) { session in
///     let sum = try await session.call("com.example.add", [2, 3])
///     try await session.publish("com.example.sum", sum.args)
/// }
/// ```
public enum WAMPClient {
    /// Connects, joins, runs the body and leaves.
    ///
    /// The session may end while the body runs: then its operations fail with `sessionLost` and
    /// ``WAMPSession/closed()`` returns; the body decides what to do. After the body GOODBYE is said and every
    /// handler is cancelled and awaited.
    /// - Throws: `WAMPError` with code `connectionFailed`, `timeout`, `aborted`, `authentication` or
    ///   `protocolViolation` when there was no session; else what the body throws.
    public static func withSession<R: Sendable>(
        _ configuration: WAMPClientConfiguration, logger: Logger,
        _ body: @Sendable (WAMPSession) async throws -> R
    ) async throws -> R {
        let session = try await join(configuration, logger: logger)
        return try await serve(session, body)
    }

    /// One whole attempt, bounded by `connectTimeout`.
    static func join(_ configuration: WAMPClientConfiguration, logger: Logger) async throws(WAMPError) -> WAMPSession {
        let start = NIODeadline.now()
        let connection: WAMPConnection
        do throws(TransportError) {
            connection = try await WebSocketClientTransport.connect(
                url: WebSocketURL(configuration.url), subprotocols: [JSONMessageCodec().subprotocol],
                configuration: configuration.webSocket, group: MultiThreadedEventLoopGroup.singleton
            ) { channel, _ in
                let connection = WAMPConnection(channel: channel, configuration: configuration, logger: logger)
                try channel.pipeline.syncOperations.addHandler(WAMPChannelHandler(connection: connection))
                return connection
            }
        } catch {
            throw WAMPError(transport: error)
        }
        let spent = Duration.nanoseconds((NIODeadline.now() - start).nanoseconds)
        return try await connection.join(within: max(configuration.connectTimeout - spent, .zero))
    }

    /// Serves the session's invocations while the body runs, then leaves.
    static func serve<R: Sendable>(
        _ session: WAMPSession, _ body: @Sendable (WAMPSession) async throws -> R
    ) async throws -> R {
        let connection = session.connection
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let limit = connection.configuration.maxConcurrentInvocations
                await InvocationDispatcher(connection: connection, limit: limit).run()
            }
            let result: Result<R, any Error>
            do {
                result = .success(try await body(session))
            } catch {
                result = .failure(error)
            }
            await session.leave()
            group.cancelAll()
            return try result.get()
        }
    }
}

extension WAMPError {
    /// The one translation of what keeps a connection from being opened.
    init(transport error: TransportError) {
        let code: Code =
            switch error.code {
            case .timedOut: .timeout
            case .cancelled: .canceled
            case .invalidURL, .invalidProxy: .invalidArgument
            default: .connectionFailed
            }
        self.init(code, message: error.message)
    }
}

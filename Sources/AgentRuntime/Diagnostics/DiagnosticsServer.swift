import AsyncSupport
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Values

/// What `-profiling` serves (system.md 0.1 step 6, 1.2), on 127.0.0.1 and nowhere else (DEFECT S-30).
struct DiagnosticsServer: Sendable {
    /// Connections at a time; one more is closed unanswered.
    static let connectionLimit = 4
    /// How long one connection may live.
    static let timeLimit: Duration = .seconds(10)

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// 0 takes any free port.
    let port: Int
    let time: any TimeSource
    let logger: Logger
    /// The state of the agent, without secrets.
    let variables: @Sendable () async -> Object

    /// Serves until it is cancelled. A port that cannot be had is logged, and the agent goes on without this server.
    /// - Parameter onListening: gets the port.
    func run(onListening: @escaping @Sendable (Int) -> Void = { _ in }) async {
        let server: NIOAsyncChannel<Connection, Never>
        do {
            server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 16)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                            withPipeliningAssistance: false, withErrorHandling: true)
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            logger.warning("-profiling: the port cannot be had", metadata: ["port": "\(port)", "error": "\(error)"])
            return
        }
        let bound = server.channel.localAddress?.port ?? port
        logger.notice("-profiling: serving", metadata: ["address": "http://127.0.0.1:\(bound)/debug/pprof/"])
        onListening(bound)
        do {
            try await server.executeThenClose { connections in try await serve(connections) }
        } catch is CancellationError {
            return
        } catch {
            logger.warning("-profiling: the server has ended", metadata: ["error": "\(error)"])
        }
    }

    private func serve(_ connections: NIOAsyncChannelInboundStream<Connection>) async throws {
        let count = Counter()
        try await withThrowingDiscardingTaskGroup { group in
            for try await connection in connections {
                guard count.enter(limit: Self.connectionLimit) else {
                    try? await connection.executeThenClose { _, _ in }
                    continue
                }
                group.addTask {
                    // A peer that breaks off or takes too long is no news.
                    try? await withDeadline(Self.timeLimit, on: time) { try await answer(connection) }
                    count.leave()
                }
            }
        }
    }

    private func answer(_ connection: Connection) async throws {
        try await connection.executeThenClose { inbound, outbound in
            for try await part in inbound {
                guard case .head(let head) = part else { continue }
                let response = await response(to: head)
                try await outbound.write(.head(response.head))
                if head.method != .HEAD {
                    try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: response.body))))
                }
                try await outbound.write(.end(nil))
                return
            }
        }
    }

    func response(to head: HTTPRequestHead) async -> DiagnosticsResponse {
        switch DiagnosticsRequest(head) {
        case .refused(let status, let sentence): return .refusal(status, sentence)
        case .index: return .index
        case .variables:
            do throws(JSONError) {
                let body = try JSON.encode(.object(await variables()), style: .goIndented(2))
                return DiagnosticsResponse(contentType: "application/json", body: body)
            } catch {
                return .refusal(500, "The state could not be written as JSON: \(error)")
            }
        }
    }

    private final class Counter: Sendable {
        private let value = Mutex(0)

        func enter(limit: Int) -> Bool {
            value.withLock { value in
                guard value < limit else { return false }
                value += 1
                return true
            }
        }

        func leave() { value.withLock { $0 -= 1 } }
    }
}

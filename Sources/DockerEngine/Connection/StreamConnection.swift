import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A connection of its own for one request whose answer takes long: logs, events, pull, wait, stop (1.1).
///
/// Reading is pulled by the consumer: when it is slow the socket is not read, and the engine waits.
struct StreamConnection: Sendable {
    /// How long an answer may take.
    struct Limits: Sendable {
        /// From connecting to the head of the answer.
        var head: Duration = .seconds(30)
        /// Between two pieces of the body; nil for streams that may rest, such as events.
        var inactivity: Duration?
    }

    private typealias Parts = NIOAsyncChannel<HTTPClientResponsePart, HTTPPart<HTTPRequestHead, ByteBuffer>>

    let endpoint: DockerEndpoint
    let group: any EventLoopGroup

    /// Sends the request, hands the head to `onHead` and every piece of the body to `onBytes`, and returns after the
    /// end of the body. An answer of status 400 or above is thrown as what it means.
    func perform(
        _ request: EngineRequest, version: APIVersion?, limits: Limits,
        onHead: (HTTPResponseHead) async throws -> Void, onBytes: (ByteBuffer) async throws -> Void
    ) async throws(DockerError) {
        do {
            let channel = try await connect(limits: limits)
            try await channel.executeThenClose { inbound, outbound in
                // An engine may answer and close before it has read everything: what it said counts, so a failed write
                // is left to the reading, which then ends early.
                try? await send(request, version: version, to: outbound)
                try await receive(inbound, onHead: onHead, onBytes: onBytes)
            }
        } catch {
            throw DockerError.translating(error)
        }
    }

    private func send(
        _ request: EngineRequest, version: APIVersion?,
        to outbound: NIOAsyncChannelOutboundWriter<HTTPPart<HTTPRequestHead, ByteBuffer>>
    ) async throws {
        var head = HTTPRequestHead(version: .http1_1, method: request.method, uri: request.target(version: version))
        head.headers = request.allHeaders()
        head.headers.add(name: "Connection", value: "close")
        head.headers.add(name: "Content-Length", value: "\(request.body?.count ?? 0)")
        var parts: [HTTPPart<HTTPRequestHead, ByteBuffer>] = [.head(head)]
        if let body = request.body { parts.append(.body(ByteBuffer(bytes: body))) }
        parts.append(.end(nil))
        try await outbound.write(contentsOf: parts)
    }

    private func receive(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>,
        onHead: (HTTPResponseHead) async throws -> Void, onBytes: (ByteBuffer) async throws -> Void
    ) async throws {
        var refusal: (status: UInt, body: [UInt8])?
        for try await part in inbound {
            switch part {
            case .head(let head) where head.status.code >= 400:
                refusal = (UInt(head.status.code), [])
            case .head(let head):
                try await onHead(head)
            case .body(let bytes):
                if refusal == nil {
                    try await onBytes(bytes)
                } else if let read = refusal?.body.count, read < 64 << 10 {
                    refusal?.body += bytes.readableBytesView
                }
            case .end:
                if let refusal { throw DockerError(status: refusal.status, body: refusal.body) }
                return
            }
        }
        throw DockerError(.truncated, "the engine ended the answer early")
    }

    private func connect(limits: Limits) async throws -> Parts {
        let tls = try endpoint.tlsConfiguration().map { try NIOSSLContext(configuration: $0) }
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(ShortCalls.connectTimeout)
            .channelOption(.socketOption(.so_keepalive), value: 1)
        let endpoint = endpoint
        let initialize: @Sendable (any Channel) -> EventLoopFuture<Parts> = { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if let tls, case .tcp(let host, _) = endpoint.address {
                    let name = host.allSatisfy { $0.isNumber || $0 == "." || $0 == ":" } ? nil : host
                    try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
                }
                try pipeline.addHTTPClientHandlers()
                try pipeline.addHandler(RequestPartHandler())
                try pipeline.addHandler(AnswerWatchdog(limits: limits))
                return try Parts(wrappingChannelSynchronously: channel)
            }
        }
        switch endpoint.address {
        case .unix(let path):
            return try await ClientBootstrap(group: group).connectTimeout(ShortCalls.connectTimeout)
                .connect(unixDomainSocketPath: path, channelInitializer: initialize)
        case .tcp(let host, let port):
            return try await bootstrap.connect(host: host, port: Int(port), channelInitializer: initialize)
        }
    }
}

import AsyncHTTPClient
import AsyncSupport
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Request and answer on pooled connections. Long streams never pass here, so they cannot starve these calls (1.1).
struct ShortCalls: Sendable {
    /// The largest answer that is read: a list of thousands of containers stays far below.
    static let answerLimit = 16 << 20
    /// The engine is on this machine; who does not accept within this time is down.
    static let connectTimeout = TimeAmount.seconds(2)

    private let client: HTTPClient
    private let base: String
    private let time: any TimeSource

    init(endpoint: DockerEndpoint, group: any EventLoopGroup, time: any TimeSource) throws(DockerError) {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = Self.connectTimeout
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        configuration.connectionPool.idleTimeout = .seconds(30)
        // Without this a missing socket is tried again until the deadline: "engine down" would take as long as it.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.tlsConfiguration = try endpoint.tlsConfiguration()
        client = HTTPClient(eventLoopGroup: group, configuration: configuration)
        switch endpoint.address {
        case .unix(let path): base = "http+unix://\(PercentEncoding.encode(path))"
        case .tcp: base = (endpoint.tls == nil ? "http" : "https") + "://" + endpoint.authority
        }
        self.time = time
    }

    /// The whole answer, whatever its status. The deadline covers connecting, head and body.
    func perform(
        _ request: EngineRequest, version: APIVersion?, deadline: Duration
    ) async throws(DockerError) -> EngineAnswer {
        var wire = HTTPClientRequest(url: base + request.target(version: version))
        wire.method = request.method
        wire.headers = request.allHeaders()
        if let body = request.body { wire.body = .bytes(ByteBuffer(bytes: body)) }
        let (prepared, client) = (wire, client)
        do {
            return try await withDeadline(deadline, on: time) {
                let response = try await client.execute(prepared, timeout: .hours(24))
                let body = try await response.body.collect(upTo: Self.answerLimit)
                return EngineAnswer(
                    status: UInt(response.status.code), headers: response.headers, body: Array(body.readableBytesView))
            }
        } catch {
            throw DockerError.translating(error)
        }
    }

    func shutdown() async {
        // The only error is "shut down already", which is what is wanted.
        try? await client.shutdown()
    }
}

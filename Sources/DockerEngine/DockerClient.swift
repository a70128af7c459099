public import AsyncSupport
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// A client of one container engine.
///
/// Short calls share pooled connections; every long stream has a connection of its own, so streams never hold up
/// calls. All calls have a deadline, and all end with ``DockerError/Code/canceled`` when their task is cancelled.
/// Call ``shutdown()`` when it is no longer needed, or use ``withClient(endpoint:limits:logger:time:_:)``.
public struct DockerClient: Sendable {
    /// Time limits (1.6).
    public struct Limits: Sendable {
        /// Every short call without a limit of its own.
        public var call: Duration = .seconds(30)
        /// `/_ping`.
        public var ping: Duration = .seconds(2)
        /// `/info`.
        public var info: Duration = .seconds(10)
        /// Without a byte of a pull.
        public var pullInactivity: Duration = .seconds(300)
        public init() {}
    }

    /// Where the engine is; child processes get the same (C-38).
    public let endpoint: DockerEndpoint
    /// The time limits of all calls.
    public let limits: Limits
    let logger: Logger
    private let calls: ShortCalls
    private let streams: StreamConnection
    private let negotiation: VersionNegotiation

    /// Throws `refused` when the endpoint's TLS files cannot be read. Connects to nothing yet.
    public init(
        endpoint: DockerEndpoint, limits: Limits = Limits(), logger: Logger, time: any TimeSource = SystemTime()
    ) throws(DockerError) {
        let group = MultiThreadedEventLoopGroup.singleton
        let calls = try ShortCalls(endpoint: endpoint, group: group, time: time)
        self.endpoint = endpoint
        self.limits = limits
        self.logger = logger
        self.calls = calls
        streams = StreamConnection(endpoint: endpoint, group: group)
        negotiation = VersionNegotiation(fixed: endpoint.fixedVersion, newest: .newestSupported) {
            () async throws(DockerError) -> EngineAnswer in
            try await Self.ping(over: calls, deadline: limits.ping)
        }
    }

    /// Closes all idle connections; calls that still run fail. Shutting down twice is harmless.
    public func shutdown() async { await calls.shutdown() }

    /// Runs `body` with a client and shuts it down afterwards, also when `body` throws.
    public static func withClient<R: Sendable>(
        endpoint: DockerEndpoint, limits: Limits = Limits(), logger: Logger, time: any TimeSource = SystemTime(),
        _ body: (DockerClient) async throws -> R
    ) async throws -> R {
        let client = try DockerClient(endpoint: endpoint, limits: limits, logger: logger, time: time)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// Checks that the engine answers and agrees on the version anew. At most ``Limits/ping``.
    public func ping() async throws(DockerError) {
        let answer = try await Self.ping(over: calls, deadline: limits.ping)
        await negotiation.agree(on: answer)
    }

    /// The version that calls carry now; asks the engine when none is agreed.
    public func apiVersion() async throws(DockerError) -> APIVersion { try await negotiation.version() }
}

// MARK: - Carrying requests

extension DockerClient {
    /// HEAD first; GET when an old engine or a proxy refuses HEAD (1.1).
    private static func ping(over calls: ShortCalls, deadline: Duration) async throws(DockerError) -> EngineAnswer {
        let head = try await calls.perform(EngineRequest(.HEAD, "/_ping"), version: nil, deadline: deadline)
        if head.status < 400 { return head }
        let get = try await calls.perform(EngineRequest(.GET, "/_ping"), version: nil, deadline: deadline)
        guard get.status < 400 else { throw DockerError(status: get.status, body: get.body) }
        return get
    }

    /// A short call: the answer when its status is below 400, else the error that it means.
    @discardableResult
    func call(_ request: EngineRequest, deadline: Duration? = nil) async throws(DockerError) -> EngineAnswer {
        do throws(DockerError) {
            let version = try await negotiation.version()
            let answer = try await calls.perform(request, version: version, deadline: deadline ?? limits.call)
            guard answer.status < 400 else { throw DockerError(status: answer.status, body: answer.body) }
            return answer
        } catch {
            await noteFailure(error)
            throw error
        }
    }

    /// A long stream on a connection of its own.
    func stream(
        _ request: EngineRequest, limits: StreamConnection.Limits,
        onHead: (HTTPResponseHead) async throws -> Void = { _ in }, onBytes: (ByteBuffer) async throws -> Void
    ) async throws(DockerError) {
        do throws(DockerError) {
            let version = try await negotiation.version()
            try await streams.perform(request, version: version, limits: limits, onHead: onHead, onBytes: onBytes)
        } catch {
            await noteFailure(error)
            throw error
        }
    }

    /// A call whose answer takes as long as the container does (stop, wait): complete, on a connection of its own.
    func longCall(_ request: EngineRequest, deadline: Duration) async throws(DockerError) -> EngineAnswer {
        var answer = EngineAnswer(status: 0, headers: [:], body: [])
        // Stop answers its head when the container is down, wait at once: both parts get the whole time.
        try await stream(request, limits: .init(head: deadline, inactivity: deadline)) { head in
            answer.status = UInt(head.status.code)
            answer.headers = head.headers
        } onBytes: { bytes in
            guard answer.body.count + bytes.readableBytes <= ShortCalls.answerLimit else {
                throw DockerError(.malformed, "the engine's answer is larger than expected")
            }
            answer.body += bytes.readableBytesView
        }
        return answer
    }

    /// After a lost connection or a refused version, the next call agrees on a version anew.
    private func noteFailure(_ error: DockerError) async {
        switch error.code {
        case .unavailable, .versionRefused: await negotiation.forget()
        default: break
        }
    }
}

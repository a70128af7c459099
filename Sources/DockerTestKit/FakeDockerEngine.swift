import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An engine on a Unix socket of its own that answers what a test tells it to, faults included.
///
/// It knows nothing of Docker: it plays the wire, so that the client under test is the real one. Without other orders
/// it answers `/_ping` with API version 1.41 and everything else with 404.
public final class FakeDockerEngine: Sendable {
    private struct State {
        /// Answers still to give, by `METHOD /path`; the last one stays.
        var answers: [String: [FakeAnswer]] = [:]
        var requests: [FakeRequest] = []
        var otherwise: FakeAnswer?
        var open = 0
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// Path of the socket.
    public let socketPath: String
    private let state = Mutex(State())

    private init(socketPath: String) {
        self.socketPath = socketPath
    }

    /// Runs `body` with an engine that listens, and ends it afterwards.
    /// - Parameter directory: of the socket; for a client that sees another `/tmp`.
    public static func withEngine<R>(
        directory: String = "/tmp", _ body: (FakeDockerEngine) async throws -> R
    ) async throws -> R {
        let number = UInt64.random(in: 0...UInt64.max)
        let engine = FakeDockerEngine(socketPath: "\(directory)/fake-docker-\(String(number, radix: 36)).sock")
        let server = try await engine.listen()
        do {
            let result = try await body(engine)
            try await server.close()
            unlink(engine.socketPath)
            return result
        } catch {
            try? await server.close()
            unlink(engine.socketPath)
            throw error
        }
    }

    /// Orders answers for a method and a path without version. They are given in turn; the last one again and again.
    public func answer(_ method: String, _ path: String, _ answers: FakeAnswer...) {
        state.withLock { $0.answers["\(method) \(path)"] = answers }
    }

    /// The same for any number of answers.
    public func order(_ method: String, _ path: String, _ answers: [FakeAnswer]) {
        state.withLock { $0.answers["\(method) \(path)"] = answers }
    }

    /// Orders the answer to everything but pings for which no other one is ordered.
    public func otherwise(_ answer: FakeAnswer) { state.withLock { $0.otherwise = answer } }

    /// All requests so far, in the order of their arrival.
    public var requests: [FakeRequest] { state.withLock { $0.requests } }

    /// The requests but pings.
    public var calls: [FakeRequest] { requests.filter { $0.path != "/_ping" } }

    /// Connections that are open now.
    public var openConnections: Int { state.withLock { $0.open } }

    /// Returns as soon as no more than so many connections are open.
    public func waitForConnections(atMost count: Int) async {
        await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                if state.open <= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isMet { continuation.resume() }
        }
    }

    private func listen() async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(FakeConnection(engine: self))
                }
            }
            .bind(unixDomainSocketPath: socketPath, cleanupExistingSocketFile: true).get()
    }
}

extension FakeDockerEngine {
    func take(_ request: FakeRequest) -> FakeAnswer {
        state.withLock { state in
            state.requests.append(request)
            let key = "\(request.method) \(request.path)"
            guard var queue = state.answers[key], let first = queue.first else {
                return request.path == "/_ping"
                    ? Self.standardAnswer(request) : state.otherwise ?? Self.standardAnswer(request)
            }
            if queue.count > 1 {
                queue.removeFirst()
                state.answers[key] = queue
            }
            return first
        }
    }

    func connectionChanged(by difference: Int) {
        let met = state.withLock { state in
            state.open += difference
            let open = state.open
            let met = state.watchers.filter { open <= $0.count }
            state.watchers.removeAll { open <= $0.count }
            return met
        }
        for watcher in met { watcher.continuation.resume() }
    }

    private static func standardAnswer(_ request: FakeRequest) -> FakeAnswer {
        guard request.path == "/_ping" else { return .error(404, "page not found") }
        return FakeAnswer(headers: [("Api-Version", "1.41")])
    }
}

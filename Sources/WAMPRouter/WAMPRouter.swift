public import AsyncSupport
public import Logging
import NIOCore
import NIOPosix
import Synchronization
import WAMP
public import WAMPTransport

/// A WAMP router to be embedded: broker and dealer with their meta API, over WebSocket on TCP, TLS and Unix sockets.
///
/// ```swift
/// let router = WAMPRouter(
///     configuration: RouterConfiguration(realms: ["realm1"], listeners: [.tcp(host: "127.0.0.1", port: 8080)]),
///     authenticator: accounts, authorizer: rules, logger: logger)
/// try await router.run()
/// ```
public final class WAMPRouter: Sendable {
    private enum Status {
        case starting
        case listening([ListeningAddress], NIOLoopBound<RouterCore>)
        case failed(RouterError)
        case stopped
    }

    private let configuration: RouterConfiguration
    private let authenticator: any RouterAuthenticator
    private let authorizer: any RouterAuthorizer
    private let time: any TimeSource
    private let logger: Logger
    private let status = Mutex(Status.starting)
    private let started = Gate()

    public init(
        configuration: RouterConfiguration, authenticator: any RouterAuthenticator, authorizer: any RouterAuthorizer,
        time: any TimeSource = SystemTime(), logger: Logger
    ) {
        self.configuration = configuration
        self.authenticator = authenticator
        self.authorizer = authorizer
        self.time = time
        self.logger = logger
    }

    /// Listens and serves until the task is cancelled, then says GOODBYE to all sessions and waits for them, within
    /// `drainTimeout`. Once per router.
    /// - Throws: ``RouterError`` when it cannot start.
    public func run() async throws(RouterError) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await withCleanup { () async throws(RouterError) in
            try await self.serve(on: group.next())
        } cleanup: {
            // An event loop of one's own can only fail to stop when it has stopped.
            try? await group.shutdownGracefully()
        }
    }

    /// Where the router listens, with the ports that were really taken; waits until it does.
    /// - Throws: ``RouterError`` when it could not start or has stopped; also when the waiting task is cancelled.
    public func listening() async throws(RouterError) -> [ListeningAddress] {
        do {
            try await started.wait()
        } catch {
            throw RouterError(.stopped, "Waiting for the router was cancelled.")
        }
        switch status.withLock({ $0 }) {
        case .listening(let addresses, _): return addresses
        case .failed(let error): throw error
        case .starting, .stopped: throw RouterError(.stopped, "The router has stopped.")
        }
    }

    /// What the router does and did; zeros while it does not run.
    public func statistics() async -> RouterStatistics {
        guard case .listening(_, let core) = status.withLock({ $0 }) else { return RouterStatistics() }
        let answer = core.eventLoop.submit {
            var statistics = core.value.statistics
            statistics.sessions = core.value.sessions.count
            statistics.connections = core.value.connections.count
            return statistics
        }
        return (try? await answer.get()) ?? RouterStatistics()
    }

    // MARK: - Serving

    private func serve(on loop: any EventLoop) async throws(RouterError) {
        let questions = BoundedChannel<RouterCore.AuthenticationRequest>(
            capacity: configuration.maxUnjoined, overflow: .fail)
        let core: NIOLoopBound<RouterCore>
        let listeners: [WebSocketListener]
        do throws(RouterError) {
            try check()
            core = try await makeCore(loop, questions)
            listeners = try await listen(core, loop)
        } catch {
            await settle(.failed(error))
            throw error
        }
        await settle(.listening(listeners.map(\.address), core))
        for listener in listeners { logger.info("router listens", metadata: ["address": "\(listener.address)"]) }
        await withCleanup {
            await AuthenticationDesk(
                authenticator: authenticator, limit: configuration.maxAuthentications,
                timeout: configuration.authenticateTimeout, time: time
            ).serve(questions) { request, answer in
                loop.execute { core.value.authenticated(request, answer) }
            }
        } cleanup: {
            for listener in listeners { await listener.close() }
            let drained = loop.makePromise(of: Void.self)
            loop.execute { core.value.drain(drained) }
            try? await drained.futureResult.get()
            try? await loop.submit { core.value.stop() }.get()
            await self.settle(.stopped)
            self.logger.info("router stopped")
        }
    }

    private func settle(_ new: Status) async {
        status.withLock { $0 = new }
        await started.open()
    }

    private func check() throws(RouterError) {
        guard !configuration.realms.isEmpty, !configuration.listeners.isEmpty else {
            throw RouterError(.configuration, "A router needs a realm and an address to listen on.")
        }
        for realm in configuration.realms where realm.utf8.count < 3 || !WAMPURI.isValid(realm) {
            throw RouterError(.configuration, "\(realm) is no name of a realm.")
        }
    }

    private func makeCore(
        _ loop: any EventLoop, _ questions: BoundedChannel<RouterCore.AuthenticationRequest>
    ) async throws(RouterError) -> NIOLoopBound<RouterCore> {
        do {
            return try await loop.submit { [configuration, authorizer, time, logger] in
                let core = RouterCore(
                    configuration: configuration, authorizer: authorizer, loop: loop, time: time, logger: logger,
                    authentications: questions)
                core.startScanning()
                return NIOLoopBound(core, eventLoop: loop)
            }.get()
        } catch {
            throw RouterError(.stopped, "The router's event loop has ended: \(error).")
        }
    }

    private func listen(
        _ core: NIOLoopBound<RouterCore>, _ loop: any EventLoop
    ) async throws(RouterError) -> [WebSocketListener] {
        let transport = WebSocketServerConfiguration(
            paths: configuration.paths + ["/"], subprotocols: [JSONMessageCodec().subprotocol],
            allowedOrigins: configuration.allowedOrigins, maxMessageSize: configuration.maxMessageSize,
            openingTimeout: configuration.helloTimeout, maxOpening: configuration.maxUnjoined)
        var listeners: [WebSocketListener] = []
        do throws(TransportError) {
            for listener in configuration.listeners {
                let tls = try listener.tls.map { files throws(TransportError) in
                    try ServerTLS(certificateFile: files.certificateFile, keyFile: files.keyFile)
                }
                listeners.append(
                    try await WebSocketServerTransport.listen(
                        on: listener.address, tls: tls, configuration: transport, loop: loop,
                        admit: { _ in core.value.hasRoom }, setUp: { core.value.opened($0) }))
            }
        } catch {
            for listener in listeners { await listener.close() }
            throw RouterError(transport: error)
        }
        return listeners
    }
}

extension RouterError {
    /// The one translation of what keeps an address from being listened on.
    init(transport error: TransportError) {
        self.init(error.code == .tls ? .tls : .listener, error.message)
    }
}

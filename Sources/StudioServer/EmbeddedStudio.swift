import AsyncSupport
public import Logging
public import ServiceLifecycle
import StudioCore
import WAMP
import WAMPClient
import WAMPRouter
import WAMPTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// `studio serve`: the studio with its own router in one process.
///
/// In order: the router listens, the studio joins it and its procedures stand, then devices are let in. At the end the
/// studio leaves first; the router says GOODBYE to everybody and waits a bounded time.
public struct EmbeddedStudio: Service {
    /// More than unjoined connections there can be: devices that wait for the start must not keep the studio out.
    private static let maxAuthentications = 4_000

    private let plan: RouterPlan
    private let logger: Logger
    private let onListening: @Sendable (RouterEndpoints) throws -> Void
    private let onReady: @Sendable (RouterEndpoints) -> Void

    /// - Parameters:
    ///   - onListening: runs once, before anybody is let in.
    ///   - onReady: runs when the procedures stand.
    public init(
        plan: RouterPlan, logger: Logger, onListening: @escaping @Sendable (RouterEndpoints) throws -> Void = { _ in },
        onReady: @escaping @Sendable (RouterEndpoints) -> Void = { _ in }
    ) {
        self.plan = plan
        self.logger = logger
        self.onListening = onListening
        self.onReady = onReady
    }

    public func run() async throws {
        let operatorSecret = try OperatorSecret.loadOrCreate(in: plan.data)
        let store = try await StudioStore(path: plan.data + "/studio.db")
        do {
            try await serve(store, operatorSecret: operatorSecret)
        } catch {
            await store.close()
            throw StudioError(starting: error)
        }
        await store.close()
    }

    private func serve(_ store: StudioStore, operatorSecret: String) async throws {
        var random = SystemRandomNumberGenerator()
        let systemSecret = Enrolment.hexadecimal(bytes: 32, using: &random)
        let defaults = StudioSettings(routerURL: "", deviceURL: "", realm: plan.realm)
        let registry = JoinRegistry(store: store, realm: plan.realm, swarmKey: defaults.swarmKey)
        let isServing = Gate()
        let socket = StudioSocket.path(in: plan.data)
        let router = WAMPRouter(
            configuration: configuration(socket: socket),
            authenticator: StudioAuthenticator(
                registry: registry, operatorSecret: operatorSecret, systemSecret: systemSecret, userID: geteuid(),
                isServing: isServing, time: SystemTime()),
            authorizer: StudioAuthorizer(
                policy: RouterPolicy(swarmKey: defaults.swarmKey), registry: registry, log: DenialLog(logger: logger)),
            logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await router.run() }
            group.addTask {
                let endpoints = endpoints(of: try await router.listening(), socket: socket)
                try onListening(endpoints)
                await session(store, endpoints, systemSecret: systemSecret, isServing: isServing).runUntilShutdown()
            }
            // Whichever ends first ends the other one.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func configuration(socket: String?) -> RouterConfiguration {
        let tls = plan.tls.map { RouterTLS(certificateFile: $0.certificate, keyFile: $0.key) }
        return RouterConfiguration(
            realms: [plan.realm],
            listeners: [
                .tcp(host: plan.listen.host, port: plan.listen.port, tls: tls),
                socket.map { .unix(path: $0) } ?? .tcp(host: "127.0.0.1", port: 0),
            ],
            paths: ["/ws", "/ws-re-dev"], allowedOrigins: plan.allowedOrigins,
            maxAuthentications: Self.maxAuthentications)
    }

    /// The addresses with the ports that were really taken, in the order of the listeners.
    private func endpoints(of listening: [ListeningAddress], socket: String?) -> RouterEndpoints {
        var ports: [Int] = []
        for case .tcp(_, let port) in listening { ports.append(port) }
        let isSecure = plan.tls != nil
        let reached = ListenAddress(host: plan.listen.host, port: ports.first ?? plan.listen.port)
        // Without a socket this machine has a listener of its own, which needs no certificate for its loopback name.
        let local = socket == nil && ports.count > 1 ? ListenAddress(host: "127.0.0.1", port: ports[1]) : nil
        return RouterEndpoints(
            localURL: local?.localURL(isSecure: false) ?? reached.localURL(isSecure: isSecure),
            deviceURL: plan.deviceURL ?? reached.deviceURL(isSecure: isSecure, hostName: Self.hostName),
            socket: socket)
    }

    private func session(
        _ store: StudioStore, _ endpoints: RouterEndpoints, systemSecret: String, isServing: Gate
    ) -> StudioSession {
        let url = endpoints.socket.map(StudioSocket.url) ?? endpoints.localURL
        let settings = StudioSettings(routerURL: url, deviceURL: endpoints.deviceURL, realm: plan.realm)
        return StudioSession(
            studio: Studio(store: store, settings: settings, time: SystemTime()),
            configuration: WAMPClientConfiguration(
                url: url, realm: plan.realm,
                authentication: .wampcra(authID: RouterAccount.systemID, secret: systemSecret),
                connectTimeout: .seconds(10)),
            time: SystemTime(), logger: logger,
            onReady: {
                await isServing.open()
                onReady(endpoints)
            })
    }

    private static var hostName: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            buffer.initialize(repeating: 0)
            guard let start = buffer.baseAddress, gethostname(start, buffer.count - 1) == 0 else { return "localhost" }
            return String(cString: start)
        }
    }
}

extension StudioError {
    /// The one translation of what keeps the studio from starting.
    init(starting error: any Error) {
        switch error {
        case let error as StudioError: self = error
        case let error as RouterError: self.init(.unavailable, error.message)
        default: self.init(.unavailable, "\(error)")
        }
    }
}

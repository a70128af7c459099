public import AsyncSupport
public import Logging
public import ServiceLifecycle
import StudioCore
import WAMP
import WAMPClient

/// `studio serve --router`: the studio as a client of somebody else's router, joined as `system`.
public struct StudioService: Service {
    private let settings: StudioSettings
    private let secret: String
    private let databasePath: String
    private let time: any TimeSource
    private let logger: Logger
    private let onReady: @Sendable () -> Void

    /// - Parameters:
    ///   - secret: of the router identity `system`; never logged.
    ///   - databasePath: made with mode 0600 if it is not there.
    ///   - onReady: runs each time the procedures stand at the router.
    public init(
        settings: StudioSettings, secret: String, databasePath: String, time: any TimeSource = SystemTime(),
        logger: Logger, onReady: @escaping @Sendable () -> Void = {}
    ) {
        self.settings = settings
        self.secret = secret
        self.databasePath = databasePath
        self.time = time
        self.logger = logger
        self.onReady = onReady
    }

    public func run() async throws {
        let store = try await StudioStore(path: databasePath)
        let session = StudioSession(
            studio: Studio(store: store, settings: settings, time: time),
            configuration: WAMPClientConfiguration(
                url: settings.routerURL, realm: settings.realm,
                authentication: .wampcra(authID: RouterAccount.systemID, secret: secret),
                connectTimeout: .seconds(10)),
            time: time, logger: logger,
            onReady: { [settings, logger, onReady] in
                logger.info("serving", metadata: ["router": "\(settings.routerURL)"])
                onReady()
            })
        await session.runUntilShutdown()
        await store.close()
    }
}

extension StudioSession {
    /// Serves until the service group asks for the end.
    func runUntilShutdown() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await run() }
            try? await gracefulShutdown()
            group.cancelAll()
        }
    }
}

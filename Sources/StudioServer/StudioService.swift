public import AsyncSupport
import DeviceProtocol
public import Logging
public import ServiceLifecycle
import StudioCore
import Values
import WAMP
import WAMPClient

/// `studio serve` as a client of a router: joins as `system`, answers devices and operators, comes back after an outage.
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
        let studio = Studio(store: store, settings: settings, time: time)
        let client = await makeClient(for: studio)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            group.addTask { await follow(client, studio: studio) }
            try? await gracefulShutdown()
            group.cancelAll()
        }
        await store.close()
    }

    private func makeClient(for studio: Studio) async -> WAMPClientService {
        let client = WAMPClientService(
            configuration: WAMPClientConfiguration(
                url: settings.routerURL, realm: settings.realm,
                authentication: .wampcra(authID: "system", secret: secret), connectTimeout: .seconds(10)),
            time: time, logger: logger)
        let procedures = StudioProcedures(studio: studio)
        for (name, answer) in procedures.all {
            await client.register(name, options: ["force_reregister": true], procedures.handler(answer))
        }
        await client.subscribe(BackendProcedure.testamentDevice) { [logger] event in
            do {
                try await procedures.noteTestament(event)
            } catch {
                logger.info("a testament was not taken", metadata: ["reason": "\(error)"])
            }
        }
        return client
    }

    /// Hands the studio the session of the moment.
    private func follow(_ client: WAMPClientService, studio: Studio) async {
        for await state in client.states {
            switch state {
            case .joined:
                try? await client.withSession { session in
                    await studio.use(RouterOutlet(session: session, logger: logger))
                }
                logger.info("serving", metadata: ["router": "\(settings.routerURL)"])
                onReady()
                do {
                    try await studio.refreshPresence()
                } catch {
                    logger.error("the devices' presence is unknown", metadata: ["reason": "\(error)"])
                }
            case .waiting:
                await studio.use(nil)
            }
        }
    }
}

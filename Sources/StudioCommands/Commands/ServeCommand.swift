import ArgumentParser
import AsyncSupport
import Files
import Logging
import ServiceLifecycle
import StudioCore
import StudioServer
import UnixSignals

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// `studio serve`: the backend itself.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves devices through a router.",
        discussion: """
            The studio joins the router as `system`. Its secret is read from the environment variable \
            STUDIO_ROUTER_SECRET, never from the command line. Stop it with SIGINT or SIGTERM.
            """)

    @OptionGroup var dataOptions: DataOptions

    @Option(help: "URL of the router, as the studio reaches it.")
    var router: String

    @Option(help: "URL of the router that goes into identity files; default: the one above.")
    var deviceURL: String?

    @Option(help: "Realm on the router.")
    var realm: String = "realm1"

    func validate() throws {
        for (option, url) in [("--router", router), ("--device-url", deviceURL ?? router)]
        where !url.hasPrefix("ws://") && !url.hasPrefix("wss://") {
            throw ValidationError("\(option) takes a ws:// or wss:// URL")
        }
    }

    func run() async throws {
        guard let variable = getenv("STUDIO_ROUTER_SECRET"), variable.pointee != 0 else {
            throw ValidationError("the environment variable STUDIO_ROUTER_SECRET is missing")
        }
        let secret = String(cString: variable)
        try Directory.create(dataOptions.data, mode: 0o700)
        let lock = try Self.lock(dataOptions.data)
        defer { withExtendedLifetime(lock) {} }
        try RouterAccess(url: router, realm: realm, secret: secret).save(in: dataOptions.data)
        let settings = StudioSettings(routerURL: router, deviceURL: deviceURL ?? router, realm: realm)
        let service = StudioService(
            settings: settings, secret: secret, databasePath: dataOptions.data + "/studio.db",
            logger: Logger(label: "studio"), onReady: { try? show("studio: serving on \(settings.routerURL)") })
        let group = ServiceGroup(
            configuration: .init(
                services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "studio")))
        try await group.run()
    }

    /// Two studios on one database would take the procedures from each other at the router.
    private static func lock(_ data: String) throws -> FileLock {
        do throws(FileError) {
            return try FileLock(data + "/studio.lock")
        } catch {
            guard error.code == .locked else { throw error }
            throw StudioError(.unavailable, "another `studio serve` uses the data directory “\(data)” already")
        }
    }
}

import ArgumentParser
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
        commandName: "serve", abstract: "Serves devices, with a router of its own or through another one.",
        discussion: """
            Without --router, the studio runs its own router: devices connect to --listen, commands on this machine \
            use a socket in the data directory. With --router it joins that one as `system`; the secret is read from \
            the environment variable STUDIO_ROUTER_SECRET, never from the command line. Stop it with SIGINT or SIGTERM.
            """)

    @OptionGroup var dataOptions: DataOptions

    @Option(help: "Address of the studio's own router, HOST:PORT; default: \(Self.defaultListen).")
    var listen: String?

    @Option(help: "Certificate chain of the studio's own router, PEM.")
    var tlsCert: String?

    @Option(help: "Private key of the studio's own router, PEM.")
    var tlsKey: String?

    @Option(
        help: "Origin that browsers may come from, for example https://console.example; may be given several times.")
    var allowOrigin: [String] = []

    @Option(help: "URL of another router, as the studio reaches it.")
    var router: String?

    @Option(help: "URL of the router that goes into identity files; default: the one above.")
    var deviceURL: String?

    @Option(help: "Realm on the router.")
    var realm: String = "realm1"

    static let defaultListen = "127.0.0.1:8480"

    func validate() throws {
        for (option, url) in [("--router", router), ("--device-url", deviceURL)] {
            guard let url, !url.hasPrefix("ws://"), !url.hasPrefix("wss://") else { continue }
            throw ValidationError("\(option) takes a ws:// or wss:// URL")
        }
        if router != nil, listen != nil || tlsCert != nil || tlsKey != nil || !allowOrigin.isEmpty {
            throw ValidationError("--listen, --tls-cert, --tls-key and --allow-origin are of the studio's own router")
        }
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key are given together")
        }
        for origin in allowOrigin where origin != "*" && !origin.contains("://") {
            throw ValidationError("--allow-origin takes SCHEME://HOST[:PORT] or *, got “\(origin)”")
        }
        do throws(StudioError) {
            try RealmName.check(realm)
            _ = try ListenAddress(parsing: listen ?? Self.defaultListen)
        } catch {
            throw ValidationError(error.message)
        }
    }

    func run() async throws {
        let secret = try routerSecret()
        try Directory.create(dataOptions.data, mode: 0o700)
        let lock = try Self.lock(dataOptions.data)
        defer { withExtendedLifetime(lock) {} }
        let logger = Logger(label: "studio")
        let service: any Service =
            if let router, let secret {
                try client(of: router, secret: secret, logger)
            } else {
                try embedded(logger)
            }
        let group = ServiceGroup(
            configuration: .init(
                services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    // MARK: Another router

    private func routerSecret() throws -> String? {
        guard router != nil else { return nil }
        guard let variable = getenv("STUDIO_ROUTER_SECRET"), variable.pointee != 0 else {
            throw ValidationError("the environment variable STUDIO_ROUTER_SECRET is missing")
        }
        return String(cString: variable)
    }

    private func client(of router: String, secret: String, _ logger: Logger) throws -> StudioService {
        try RouterAccess(url: router, realm: realm, account: .system(secret: secret)).save(in: dataOptions.data)
        let settings = StudioSettings(routerURL: router, deviceURL: deviceURL ?? router, realm: realm)
        return StudioService(
            settings: settings, secret: secret, databasePath: dataOptions.data + "/studio.db", logger: logger,
            onReady: { try? show("studio: serving on \(settings.routerURL)") })
    }

    // MARK: The own router

    private func embedded(_ logger: Logger) throws -> EmbeddedStudio {
        let files = tlsCert.flatMap { certificate in
            tlsKey.map { RouterPlan.TLSFiles(certificate: certificate, key: $0) }
        }
        let plan = RouterPlan(
            listen: try ListenAddress(parsing: listen ?? Self.defaultListen), tls: files,
            allowedOrigins: allowOrigin, realm: realm, deviceURL: deviceURL, data: dataOptions.data)
        if plan.isReadable {
            warn(
                "listening on \(plan.listen) without TLS: whoever is on the way reads and changes everything but the "
                    + "secrets; give --tls-cert and --tls-key, or put a TLS proxy before it")
        }
        return EmbeddedStudio(
            plan: plan, logger: logger,
            onListening: { [realm, data = dataOptions.data] endpoints in
                try RouterAccess(url: endpoints.localURL, realm: realm, account: .operator).save(in: data)
                if endpoints.socket == nil {
                    warn(
                        "the path of “\(data)/studio.sock” is too long for a socket: commands use "
                            + "\(endpoints.localURL) and the operator's secret")
                }
                if plan.deviceURL == nil, plan.listen.isWildcard {
                    warn("identity files name \(endpoints.deviceURL); if devices reach it otherwise, give --device-url")
                }
            },
            onReady: { endpoints in try? show("studio: serving on \(endpoints.localURL)") })
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

/// A line on standard error.
private func warn(_ line: String) {
    let bytes = Array("studio: \(line)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}

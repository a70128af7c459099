import AgentCore
import AgentLink
import AgentStore
import AgentSystem
import AsyncSupport
import DockerEngine
import Logging

/// The agent between its start and its end (system.md 0.1 steps 10 to 17, 0.4).
public enum Agent {
    /// How long steps in flight may take to reach a safe point after the signal. With the GOODBYE and the closing of the
    /// database the process ends within 10 s.
    private static let safePointLimit: Duration = .seconds(6)
    /// Between two attempts to read a database that the disk does not give.
    private static let loadRetryDelay: Duration = .seconds(5)

    /// Runs until the first signal. Containers keep running afterwards.
    public static func run(_ startup: Startup) async throws {
        let environment = ProcessEnvironment.variables()
        let store = await SQLiteAgentStore.opening(
            path: startup.configuration.databasePath, time: startup.time
        ) { sentence in
            startup.logger.error("\(sentence)")
            startup.announce(sentence)
        }
        do {
            for row in (try? await store.unreadableRows()) ?? [] {
                startup.logger.warning(
                    "a row of the database is not understood and left alone", metadata: ["row": "\(row)"])
            }
            try await DockerClient.withClient(
                endpoint: DockerEndpoint(environment: environment), logger: startup.logger, time: startup.time
            ) { client in
                let parts = try await AgentParts(startup, store: store, client: client, environment: environment)
                await run(parts, isLoaded: await load(parts, startup.logger), startup)
            }
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    /// Starts everything together and stops it from the top down: link last but one, so that what the steps in flight
    /// report still gets out; then the rest.
    private static func run(_ parts: AgentParts, isLoaded: Bool, _ startup: Startup) async {
        await withTaskGroup(of: Void.self) { base in
            if let port = startup.configuration.profilingPort {
                base.addTask { await parts.diagnostics.run() }
                base.addTask {
                    await DiagnosticsServer(
                        port: Int(port), time: startup.time, logger: startup.logger,
                        variables: parts.diagnostics.snapshot
                    ).run()
                }
            }
            if !isLoaded { base.addTask { await loadLater(parts, startup) } }
            base.addTask { await parts.logs.run() }
            base.addTask { await parts.outbox.run() }
            base.addTask { await parts.watcher.run() }
            base.addTask { await parts.host.prepare() }
            await withTaskGroup(of: Void.self) { link in
                if startup.configuration.isOffline {
                    startup.logger.notice("offline: apps are run, the router is never dialled")
                } else {
                    link.addTask {
                        // Apps come first: the link waits until each was looked at once.
                        guard (try? await parts.apps.booted.wait()) != nil else { return }
                        await parts.link.run()
                    }
                }
                await withTaskGroup(of: Void.self) { lanes in
                    lanes.addTask { await parts.apps.run() }
                    _ = await startup.signals.first()
                    startup.logger.info("stopping", metadata: ["signal": "\(startup.signals.received ?? 0)"])
                    await stop(lanes: parts.apps, startup)
                    lanes.cancelAll()
                }
                link.cancelAll()
            }
            base.cancelAll()
        }
    }

    /// Reads reports and apps on record; false when the database does not give them now.
    private static func load(_ parts: AgentParts, _ logger: Logger) async -> Bool {
        do throws(StoreError) {
            // Reports first: an app may report as soon as it is known.
            try await parts.outbox.restore()
        } catch {
            logger.error("the reports on record cannot be read", metadata: ["error": "\(error)"])
            await parts.apps.bootLater(because: error)
            return false
        }
        do throws(StoreError) { try await parts.apps.boot() } catch {
            logger.error("the apps on record cannot be read", metadata: ["error": "\(error)"])
            return false
        }
        return true
    }

    /// The device is connected and answers meanwhile, but takes no request: it could not keep it.
    private static func loadLater(_ parts: AgentParts, _ startup: Startup) async {
        let quiet = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
        repeat {
            guard (try? await startup.time.sleep(for: loadRetryDelay)) != nil else { return }
        } while await !load(parts, quiet)
        startup.logger.notice("the apps on record are read now")
    }

    private static func stop(lanes: AppRegistry, _ startup: Startup) async {
        do {
            try await withDeadline(safePointLimit, on: startup.time) { await lanes.stop() }
        } catch {
            startup.logger.warning("a step did not end in time; the next start looks again")
        }
    }
}

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

    /// Runs until the first signal. Containers keep running afterwards.
    public static func run(_ startup: Startup) async throws {
        let environment = ProcessEnvironment.variables()
        let store = try await SQLiteAgentStore(path: startup.configuration.databasePath, time: startup.time)
        do {
            for row in try await store.unreadableRows() {
                startup.logger.warning(
                    "a row of the database is not understood and left alone", metadata: ["row": "\(row)"])
            }
            try await DockerClient.withClient(
                endpoint: DockerEndpoint(environment: environment), logger: startup.logger, time: startup.time
            ) { client in
                let parts = try await AgentParts(startup, store: store, client: client, environment: environment)
                try await parts.outbox.restore()
                try await parts.apps.boot()
                await run(parts, startup)
            }
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    /// Starts everything together and stops it from the top down: link last but one, so that what the steps in flight
    /// report still gets out; then the rest.
    private static func run(_ parts: AgentParts, _ startup: Startup) async {
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

    private static func stop(lanes: AppRegistry, _ startup: Startup) async {
        do {
            try await withDeadline(safePointLimit, on: startup.time) { await lanes.stop() }
        } catch {
            startup.logger.warning("a step did not end in time; the next start looks again")
        }
    }
}

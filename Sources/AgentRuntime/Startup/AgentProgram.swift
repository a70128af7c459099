internal import AgentCore
internal import AsyncSupport
internal import Files
internal import Logging
internal import Values

/// The program from its configuration to its exit code (system.md 0.1, steps 4 to 9, and 0.4).
public enum AgentProgram {
    /// Runs the agent on the prepared ground; returns when it has been told to stop and has cleaned up.
    public typealias Body = @Sendable (Startup) async throws -> Void

    /// - Parameters:
    ///   - lockPath: the machine-wide lock.
    ///   - signals: what stops it.
    ///   - body: what runs after the start; on an error of it the program ends with code 1.
    /// - Returns: 0 after a stop by a signal, at whatever step it came; 1 for a fatal error.
    public static func run(
        _ configuration: Configuration, lockPath: String = InstanceLock.machinePath,
        signals: TerminationSignals, body: Body = waitForTermination
    ) async -> Int32 {
        let lock: InstanceLock
        do throws(InstanceLock.Failure) {
            lock = try InstanceLock(machinePath: lockPath, agentDirectory: configuration.agentDirectory)
        } catch {
            Console.write("\(error)\n", to: .errors)
            // The log is the running instance's; but a lock that cannot even be tried is nobody's.
            if case .file = error {
                await logging(to: configuration) { $0.logger("agent").critical("the agent cannot run", error: error) }
            }
            return 1
        }
        defer { withExtendedLifetime(lock) {} }
        return await logging(to: configuration) { log in
            await run(configuration, signals: signals, log: log, body: body)
        }
    }

    /// Runs the body with the log of the configuration; returns when all that was said is written.
    private static func logging<R: Sendable>(
        to configuration: Configuration, _ body: (AgentLog) async -> R
    ) async -> R {
        let log = AgentLog(
            file: configuration.logFile, level: configuration.isDebug ? .debug : .info,
            isOnConsole: configuration.logsToConsole)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await log.run() }
            let result = await body(log)
            log.finish()
            await group.waitForAll()
            return result
        }
    }

    /// The body of an agent that only waits to be told to stop.
    public static func waitForTermination(_ startup: Startup) async { _ = await startup.signals.first() }

    private static func run(
        _ configuration: Configuration, signals: TerminationSignals, log: AgentLog, body: Body
    ) async -> Int32 {
        let logger = log.logger("agent")
        logger.debug("started", metadata: ["command": "\(configuration.commandLine.joined(separator: " "))"])
        if !configuration.flagsWithoutEffect.isEmpty {
            logger.notice(
                "flags without effect in this version",
                metadata: ["flags": "\(configuration.flagsWithoutEffect.joined(separator: " "))"])
        }
        do {
            for error in try configuration.createDirectories() {
                logger.error("a directory could not be created; the agent starts without it", error: error)
                Console.write(log.redactor.redact("\(error); the agent starts without it") + "\n", to: .errors)
            }
            let identity = try IdentityStore(loading: configuration.identityPath, logger: logger)
            await registerSecrets(of: identity, in: log.redactor)
            await identity.save()
            // A signal that came meanwhile has its effect here: the step is finished, nothing new is begun.
            guard signals.received == nil else { return 0 }
            try await body(
                Startup(
                    configuration: configuration, identity: identity, log: log, logger: logger, signals: signals,
                    time: log.time))
            logger.info("stopped", metadata: ["signal": "\(signals.received ?? 0)"])
            return 0
        } catch {
            // Also on standard error: the journal of the service shows nothing else (DEFECT S-27).
            Console.write(log.redactor.redact("fatal: \(error)") + "\n", to: .errors)
            logger.critical("the agent cannot run", error: error)
            return 1
        }
    }

    /// The secrets of 8.4 must be in no line of the log.
    private static func registerSecrets(of store: IdentityStore, in redactor: Redactor) async {
        let identity = await store.identity
        redactor.register(["secret", "password", "config_passphrase"].map(identity.text))
        if let key = identity["authentication"]?["key"]?.string { redactor.register([key]) }
    }
}

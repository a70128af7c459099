import AgentAPI
import AgentCore
import AsyncSupport
import DeviceProtocol
import Logging
import Values
import WAMP
import WAMPClient

/// Carries out the connect order of ``ConnectSequence`` in one session.
struct ConnectOrder: Sendable {
    /// How long the order waits for the engine before it goes on without it.
    private static let engineLimit: Duration = .seconds(5)

    let session: WAMPSession
    let meta: MetaEvents
    let configuration: LinkConfiguration
    let services: LinkServices
    let bulk: BulkMemory

    /// - Parameter connected: opened when CONNECTED was reported; what failed before is still asked again then.
    /// - Returns: true when everything was asked, false when the session has to be dropped or was cancelled.
    func run(connected: Gate) async -> Bool {
        var sequence = ConnectSequence()
        var pauses = ReconnectSchedule()
        var progress = Progress()
        var step = sequence.start()
        while !Task.isCancelled {
            switch step {
            case .done: return true
            case .drop: return false
            case .pause:
                let pause = pauses.delay(after: .failed, at: services.time.monotonic)
                do { try await services.time.sleep(for: pause) } catch { return false }
                step = sequence.next(after: .succeeded)
            default:
                let outcome = await outcome(of: step, &progress)
                if step == .reportConnected, outcome == .succeeded { await connected.open() }
                step = sequence.next(after: outcome)
            }
        }
        return false
    }

    /// What steps of one session leave to later ones.
    private struct Progress {
        var registered: Set<DeviceProcedure> = [.wampConnectionEstablished]
        var isWatchingLogs = false
        var decision: BulkSync.Decision?
        /// Apps whose report of an earlier session went out: the corrections skip them.
        var covered: Set<AppID> = []
        /// Why a step failed last, so that an outage is said once and not with every pass.
        var said: [ConnectSequence.Step: String] = [:]
    }

    private func outcome(of step: ConnectSequence.Step, _ progress: inout Progress) async -> ConnectSequence.Outcome {
        do {
            let outcome = try await carryOut(step, &progress)
            progress.said[step] = nil
            return outcome
        } catch {
            let reason = "\(error)"
            if progress.said[step] != reason {
                services.logger.warning("connect step failed", metadata: ["step": "\(step)", "reason": "\(reason)"])
            }
            progress.said[step] = reason
            return Self.isPermanent(error) ? .refused : .failed
        }
    }

    /// Whether the same question would get the same answer. A procedure that is not there may come, and one that failed
    /// may work again.
    private static func isPermanent(_ error: any Error) -> Bool {
        switch error {
        case is PayloadError: true
        case let error as BackendError:
            switch error.code {
            case .malformed: true
            case .refused(let uri): [ErrorURI.notAuthorized, ErrorURI.invalidArgument].contains(uri)
            case .notConnected, .timedOut: false
            }
        default: false
        }
    }

    private func carryOut(
        _ step: ConnectSequence.Step, _ progress: inout Progress
    ) async throws -> ConnectSequence.Outcome {
        switch step {
        case .refreshMetadata: return try await refreshMetadata()
        case .fetchCredentialKey: try await fetchCredentialKey()
        case .reportConfiguring: try await status(.configuring)
        case .registerProcedures: try await registerProcedures(&progress)
        case .publishArchitecture: try await publishArchitecture()
        case .reviveLogs: try await reviveLogs(&progress)
        case .deliverReports: progress.covered.formUnion(await deliverReports())
        case .awaitEngine: try await awaitEngine()
        case .fetchRequested: progress.decision = try await fetchRequested()
        case .applyRequested: try await apply(progress.decision)
        case .sweepOrphans: try await sweepOrphans(progress.decision)
        case .reportStates: try await services.apps.reportStates(skipping: progress.covered)
        case .redrive: try await services.apps.redrive()
        case .reportConnected: try await status(.connected)
        case .pause, .drop, .done: break
        }
        return .succeeded
    }

    // MARK: - The device itself

    private func refreshMetadata() async throws -> ConnectSequence.Outcome {
        let question: Object = ["device_key": .integer(services.device.context.deviceKey)]
        let results = try await services.backend.call(BackendProcedure.readDeviceMetadata, [.object(question)])
        return await services.identity.apply(try DeviceMetadata(results: results)) ? .projectChanged : .succeeded
    }

    private func fetchCredentialKey() async throws {
        let results = try await services.backend.call(BackendProcedure.getAppCredentialKey, [])
        // An empty answer leaves the previous key in place (app-lifecycle.md 3.2).
        guard let key = results.first?.string, !key.isEmpty else { return }
        await services.identity.useCredentialKey(key)
    }

    private func status(_ status: DeviceStatus) async throws {
        try await StatusReporter(services: services, sessionID: session.id).report(status)
    }

    private func publishArchitecture() async throws {
        let (device, platform) = (services.device.context, await services.host.platform())
        let report = ArchitectureReport(
            swarmKey: device.swarmKey, deviceKey: device.deviceKey, os: platform.description,
            arch: platform.architecture, variant: platform.variant, agentVersion: configuration.agentVersion)
        _ = try await services.backend.call(BackendProcedure.updateDeviceArchitecture, [.object(report.object)])
    }

    /// All under way at once, in their order: as immediate tasks each has sent its REGISTER before the next one begins.
    private func registerProcedures(_ progress: inout Progress) async throws {
        let serial = services.device.context.serialNumber
        let missing = services.api.procedures.filter { !progress.registered.contains($0) }
        let results = await withTaskGroup(of: Result<DeviceProcedure, WAMPError>.self) { group in
            for procedure in missing {
                group.addImmediateTask {
                    do throws(WAMPError) {
                        try await ProcedureBinding.register(procedure, serial: serial, api: services.api, in: session)
                        return .success(procedure)
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        // What was registered stays registered, whatever became of the others.
        for case .success(let procedure) in results { progress.registered.insert(procedure) }
        for case .failure(let error) in results { throw error }
    }

    private func reviveLogs(_ progress: inout Progress) async throws {
        if !progress.isWatchingLogs {
            try await meta.watchSubscriptions()
            progress.isWatchingLogs = true
        }
        await services.logs.sessionEstablished(services.backend)
    }

    // MARK: - Apps

    private func deliverReports() async -> Set<AppID> {
        await services.outbox.joined(services.reports)
        return await services.outbox.deliverPending()
    }

    private func awaitEngine() async throws {
        let watcher = services.watcher
        try await withDeadline(Self.engineLimit, on: services.time) { try await watcher.waitUntilAvailable() }
    }

    private func fetchRequested() async throws -> BulkSync.Decision {
        let question: Object = ["device_key": .integer(services.device.context.deviceKey)]
        let results = try await services.backend.call(BackendProcedure.getRequestedAppStates, [.object(question)])
        let decision = await bulk.decide(
            results: results, known: await services.apps.ids, now: services.time.monotonic)
        for problem in decision.problems { services.logger.warning("\(problem)") }
        return decision
    }

    private func apply(_ decision: BulkSync.Decision?) async throws {
        guard let decision else { return }
        await services.apps.forget(decision.forget)
        try await services.apps.applyBulk(decision.apply)
    }

    /// After the loss of a database an app that the backend lists may have no row here, and any may while the rows cannot
    /// be read: neither makes an orphan of its container (P4).
    private func sweepOrphans(_ decision: BulkSync.Decision?) async throws {
        guard await services.apps.isComplete else { return }
        let listed = (decision?.apply ?? []).map { AppID(key: $0.appKey, stage: $0.stage) }
        let orphans = OrphanSweep.orphans(
            among: try await services.engine.list(), known: await services.apps.ids.union(listed),
            serial: services.device.context.serialNumber, hasSynced: await bulk.hasSynced)
        for container in orphans {
            services.logger.notice("removing a container without an app", metadata: ["container": "\(container)"])
            do throws(EngineError) { try await services.engine.remove(container) } catch {
                services.logger.warning("it could not be removed", metadata: ["reason": "\(error)"])
            }
        }
    }
}

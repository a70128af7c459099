import AsyncSupport
import DeviceProtocol
import Logging

extension AppLane {
    /// Does a step at the engine, the registry or the files; what was seen before does not hold afterwards.
    func performOnEngine(_ step: Step) async {
        let isObservation = step == .observe
        if !isObservation, step != .assignPorts { situation.observation = nil }
        do throws(StepError) {
            try await carryOut(step)
            if !isObservation { situation.transition?.unanswered = 0 }
        } catch {
            await note(error, of: step)
        }
    }

    private func carryOut(_ step: Step) async throws(StepError) {
        let app = situation.installed
        switch step {
        case .observe: try await observe()
        case .assignPorts: try await assignPorts()
        case .pull(let image): try await pull(image)
        case .create(let image, let usesGPU): try await create(image: image, usesGPU: usesGPU)
        case .start(let container): try await start(container)
        case .stop(let container):
            try await executor.stop(container)
            situation.transition?.stopped = container
        case .removeContainer(let container):
            try await executor.remove(container)
        case .removeImages:
            try await executor.removeImages(of: app)
            situation.transition?.hasRemovedImages = true
        case .deleteData:
            // Looked at once more, right before it is done (P2).
            guard situation.wanted?.target == .uninstalled else { return }
            try await executor.deleteData(of: app)
            situation.transition?.hasDeletedData = true
        default:
            break
        }
    }

    private func observe() async throws(StepError) {
        situation.mustLook = false
        let seen = try await executor.observe(situation.installed, image: situation.image)
        situation.observation = seen
        situation.blockedUntil = nil
        lookFailure = nil
        if seen.container?.status == .running { situation.noted.remove(.paused) }
        await recordAgain()
    }

    private func create(image: String, usesGPU: Bool) async throws(StepError) {
        guard let wanted = situation.wanted else { return }
        let container = try await executor.create(
            situation.installed, wanted, image: image, usesGPU: usesGPU,
            bindings: situation.transition?.bindings ?? [])
        situation.transition?.container = container
        situation.transition?.startedAt = nil
    }

    private func assignPorts() async throws(StepError) {
        guard let wanted = situation.wanted else { return }
        let bindings = try await executor.assignPorts(
            of: situation.installed, wanted, existing: situation.observation?.container?.bindings ?? [])
        situation.transition?.bindings = bindings
    }

    private func start(_ container: String) async throws(StepError) {
        try await executor.start(container)
        situation.transition?.container = container
        situation.transition?.startedAt = ports.time.monotonic
    }

    /// The one long step, and the one that can be interrupted.
    private func pull(_ image: String) async throws(StepError) {
        guard let wanted = situation.wanted else { return }
        let version = ImageNames.version(of: situation.installed, wanted: wanted)
        let (executor, app, logins) = (executor, situation.installed, logins)
        try await interruptible { () async throws(StepError) in
            try await executor.pull(image, for: app, wanted, logins: logins) {
                await self.reach(state: .downloading)
            }
        }
        situation.transition?.hasPulled = true
        if !version.isEmpty { situation.installed.version = version }
        await ports.logs.write(AgentLines.downloaded(situation.installed), to: container)
    }

    private enum Ending: Sendable {
        case done
        case failed(StepError)
        case interrupted
    }

    private func interruptible(_ body: @escaping @Sendable () async throws(StepError) -> Void) async throws(StepError) {
        let signal = WakeSignal()
        interruption = signal
        defer { interruption = nil }
        let (ending, isInterrupted) = await withTaskGroup(of: Ending.self) { group in
            group.addTask {
                do throws(StepError) { try await body() } catch { return .failed(error) }
                return .done
            }
            group.addTask {
                try? await signal.next()
                return .interrupted
            }
            let first = await group.next() ?? .interrupted
            group.cancelAll()
            guard case .interrupted = first else { return (first, false) }
            // The body's own ending counts, also when it comes after the interruption.
            return (await group.next() ?? .interrupted, true)
        }
        switch ending {
        case .done: return
        case .failed(.canceled) where isInterrupted: throw .interrupted
        case .failed(let error): throw error
        case .interrupted: throw .interrupted
        }
    }

    private func note(_ error: StepError, of step: Step) async {
        switch error {
        case .interrupted:
            break
        case .engineAway, .canceled:
            // The watcher says it, once for all apps (S-28).
            waitForEngine()
        case .unanswered(let failure):
            await noteUnanswered(failure, of: step)
        case .gpuRefused(let failure):
            guard situation.transition?.isWithoutGPU == false else { return await fail(with: failure) }
            situation.transition?.isWithoutGPU = true
            situation.transition?.container = nil
            situation.transition?.startedAt = nil
        case .portTaken(let port, let failure):
            await noteTaken(port, failure)
        case .failed(let failure):
            await fail(with: failure)
        }
    }

    /// Another host port, a new container, another try: up to three in all (2.9).
    private func noteTaken(_ port: UInt16?, _ failure: Failure) async {
        let count = (situation.transition?.portConflicts ?? 0) + 1
        guard let port, count < Self.portAttempts, let isReassigned = try? await executor.reassign(port, of: id),
            isReassigned
        else { return await fail(with: failure) }
        situation.transition?.portConflicts = count
        situation.transition?.bindings = nil
        situation.transition?.container = nil
        situation.transition?.startedAt = nil
        await ports.logs.write(AgentLines.portTaken(situation.installed, port), to: container)
    }

    private func waitForEngine() {
        situation.observation = nil
        situation.blockedUntil = ports.time.monotonic + Self.engineRetryDelay
    }

    /// A look is repeated for ever, a step only a few times: an engine that answers all but this one has a reason.
    private func noteUnanswered(_ failure: Failure, of step: Step) async {
        waitForEngine()
        guard step != .observe else { return sayLookFailed(failure) }
        situation.transition?.unanswered += 1
        guard let count = situation.transition?.unanswered else { return }
        if count >= Self.unansweredLimit { return await fail(with: failure) }
        await ports.logs.write(AgentLines.unanswered(failure), to: container)
    }

    /// A failed step ends its transition; outside of one it is a look that failed, and is repeated later.
    private func fail(with failure: Failure) async {
        guard situation.transition == nil || situation.isDiscarded else {
            situation.transition?.failure = failure
            return
        }
        waitForEngine()
        sayLookFailed(failure)
    }

    /// Once per reason, not with every look (S-28).
    private func sayLookFailed(_ failure: Failure) {
        guard failure != lookFailure else { return }
        lookFailure = failure
        ports.logger.warning("look failed", metadata: ["app": "\(id)", "error": "\(failure)"])
    }
}

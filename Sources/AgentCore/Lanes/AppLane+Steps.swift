import AsyncSupport
import DeviceProtocol
import Logging

extension AppLane {
    private var log: String { container }
    private var installed: InstalledApp { situation.installed }

    /// Does one step and notes what came of it.
    func perform(_ step: Step) async {
        switch step {
        case .rest: await rest()
        case .wait(let time): await pause(until: time)
        case .note(let limitation): await note(limitation)
        case .refreshCredential: await refreshCredential()
        case .syncPorts: await syncPorts()
        case .correct(let state): await correct(state)
        case .reportAgain: await reach(state: installed.state)
        case .begin(let action): await begin(action)
        case .abandon: abandon()
        case .announce(let state): await announce(state)
        case .report(let state): await report(state)
        case .complete(let state): await complete(state)
        case .fail(let failure): await fail(failure)
        case .follow(let container): await follow(container)
        case .forget(let state): await forget(reporting: state)
        case .observe, .assignPorts, .pull, .create, .start, .stop, .removeContainer, .removeImages, .deleteData:
            await performOnEngine(step)
        }
    }

    // MARK: - Between the steps

    private func rest() async {
        await reachedRest()
        try? await wakeSignal.next()
        distrustObservation()
    }

    private func pause(until time: Duration) async {
        if situation.transition == nil { await reachedRest() }
        let clock = ports.time
        let signal = wakeSignal
        let delay = time - clock.monotonic
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await clock.sleep(for: delay) }
            group.addTask { try? await signal.next() }
            await group.next()
            group.cancelAll()
        }
        distrustObservation()
    }

    private func note(_ limitation: Limitation) async {
        situation.noted.insert(limitation)
        ports.logger.warning("\(limitation.rawValue)", metadata: ["app": "\(id)"])
        await ports.logs.write(AgentLines.limitation(installed, limitation), to: log)
    }

    private func refreshCredential() async {
        situation.mustRefreshCredential = false
        guard let wanted = situation.wanted else { return }
        await executor.refreshCredential(of: installed, wanted)
    }

    private func syncPorts() async {
        situation.mustSyncPorts = false
        guard let wanted = situation.wanted else { return }
        await executor.syncPorts(of: installed, wanted, container: situation.observation?.container)
    }

    private func follow(_ container: String) async {
        situation.followed = container
        await ports.logs.follow(container: self.container, as: log)
    }

    // MARK: - Transitions

    private func begin(_ action: TransitionAction) async {
        situation.transition = Transition(action)
        switch action {
        case .run, .recoverToRunning:
            await ports.logs.clear(log)
            await ports.logs.write(AgentLines.starting(installed), to: log)
        case .remove, .uninstall:
            await ports.logs.clear(log)
            await ports.logs.write(AgentLines.removing(installed), to: log)
        case .cancelPull:
            await ports.logs.write(AgentLines.downloadCanceled(installed), to: log)
        default:
            break
        }
    }

    /// What the transition did so far is known from a look only: the state on record may be behind it.
    private func abandon() {
        situation.transition = nil
        situation.mustLook = true
        distrustObservation()
    }

    private func announce(_ state: AppState) async {
        situation.transition?.announcements += 1
        await reach(state: state)
        guard situation.transition?.action == .stop,
            situation.transition?.announcements == StopScript.announcements(id.stage)
        else { return }
        await ports.logs.write(AgentLines.stopRequested(installed), to: log)
    }

    private func report(_ state: AppState) async {
        if installed.state == .running, situation.transition == nil, situation.observation?.container == nil {
            await ports.logs.write(AgentLines.vanished(installed), to: log)
        }
        await reach(state: state)
        if state == .removed, situation.transition != nil {
            await ports.logs.write(AgentLines.removed(installed), to: log)
        }
    }

    private func complete(_ state: AppState) async {
        let action = situation.transition?.action
        situation.transition = nil
        situation.mustSyncPorts = true
        await reach(state: state)
        switch (action, state) {
        case (_, .running): await ports.logs.write(AgentLines.running(installed), to: log)
        case (.stop, _): await ports.logs.write(AgentLines.stopped(installed), to: log)
        case (_, .removed): await ports.logs.write(AgentLines.removed(installed), to: log)
        default: break
        }
    }

    /// FAILED; a PROD app enters the crash loop or goes on in it (2.7, 2.9).
    private func fail(_ failure: Failure) async {
        situation.transition = nil
        await ports.logs.write(AgentLines.failed(installed, failure), to: log)
        await reach(state: .failed)
        guard id.stage == .prod else { return situation.history.giveUp() }
        let delay = situation.history.recordFailure(now: ports.time.monotonic, spread: ports.spread())
        await ports.logs.write(
            AgentLines.crashLoop(attempt: situation.history.failures, delay: delay), to: log)
    }

    // MARK: - Writing states

    private func correct(_ state: AppState) async {
        situation.isUnverified = false
        guard state != installed.state else { return }
        situation.installed.state = state
        await record(installed, report: nil)
    }

    /// Writes a state and its report in one transaction and hands the report to the outbox. A database that fails costs
    /// the memory of the state, not the step: the next look finds the truth again.
    func reach(state: AppState) async {
        situation.installed.state = state
        situation.mustReport = false
        situation.isUnverified = false
        if state == .running { situation.history.recordRunning(now: ports.time.monotonic) }
        let report = await ports.outbox.report(of: installed)
        await record(installed, report: report)
        await ports.outbox.publish(report)
        await reportRequest.take()?.open()
    }

    private func record(_ app: InstalledApp, report: Report?) async {
        do throws(StoreError) {
            _ = try await ports.store.record(app, report: report)
            isUnrecorded = false
        } catch {
            isUnrecorded = true
            ports.logger.error("state not stored", metadata: ["app": "\(id)", "error": "\(error)"])
        }
    }

    /// Writes what an earlier attempt could not, for example because the disk was full. A failure was said then.
    func recordAgain() async {
        guard isUnrecorded else { return }
        do throws(StoreError) { _ = try await ports.store.record(installed, report: nil) } catch { return }
        isUnrecorded = false
        ports.logger.notice("the state is stored now", metadata: ["app": "\(id)", "state": "\(installed.state)"])
    }

    /// Deletes the rows, unless somebody has asked for the app meanwhile.
    private func forget(reporting state: AppState?) async {
        await takeTurn()
        defer { passTurn() }
        guard plan() == .forget(reporting: state) else { return }
        if let state { situation.installed.state = state }
        let report = state == nil ? nil : await ports.outbox.report(of: installed)
        do throws(StoreError) {
            try await ports.store.forget(id, report: report)
        } catch {
            ports.logger.error("rows not deleted", metadata: ["app": "\(id)", "error": "\(error)"])
            situation.blockedUntil = ports.time.monotonic + Self.engineRetryDelay
            return
        }
        isForgotten = true
        // A removed app keeps its host ports for the next installation, an uninstalled one does not (3.12).
        await executor.releasePorts(
            of: installed, situation.wanted, forGood: state != .removed)
        if let report { await ports.outbox.publish(report) }
        if state == .removed { await ports.logs.write(AgentLines.removed(installed), to: log) }
        await ports.logs.forget(log)
    }
}

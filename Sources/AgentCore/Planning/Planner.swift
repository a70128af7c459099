import DeviceProtocol

/// The next step for one app, as a pure function of its situation: equal situations give equal steps, and where nothing
/// is to be done the step is `rest`. Because it plans from what is there, a crash between two steps is repaired by
/// looking again, and a request that arrives at a bad moment is not lost (P18).
///
/// Single-container apps are driven, DEV ones but for builds; of compose apps nothing is touched (``Limitation``).
public enum Planner {
    /// How often a container that is about to change is looked at (2.9).
    static let pollInterval: Duration = .seconds(1)
    /// How long a started container may take until it runs (2.9).
    static let startLimit: Duration = .seconds(30)

    public static func nextStep(for situation: Situation) -> Step {
        guard let wanted = situation.wanted else { return .rest }
        if situation.isDiscarded { return discard(situation, wanted) }
        if let transition = situation.transition {
            return next(in: transition, situation, wanted)
        }
        if situation.mustRefreshCredential { return .refreshCredential }
        if let limitation = limitation(wanted) { return leaveAlone(limitation, situation) }
        return settled(situation, wanted)
    }

    // MARK: - In a transition

    private static func next(in transition: Transition, _ situation: Situation, _ wanted: WantedApp) -> Step {
        // First: the failure of something that is no longer wanted is nobody's concern (P13, T70).
        if transition.contradicts(wanted.target) { return .abandon }
        if let failure = transition.failure { return .fail(failure) }
        if transition.announcements == 0, let state = transition.action.announcement { return .announce(state) }
        if let wait = waitIfBlocked(situation) { return wait }
        guard let seen = situation.observation else { return .observe }
        return switch transition.action {
        case .pull: PullScript.next(situation, seen)
        case .run: RunScript.next(transition, situation, seen)
        case .recoverToRunning: RunScript.recover(transition, situation, seen)
        case .recoverToPresent: PullScript.recover(situation, seen)
        case .stop: StopScript.next(transition, situation, seen)
        case .remove, .uninstall, .cancelPull: RemoveScript.next(transition, situation, wanted, seen)
        default: .abandon
        }
    }

    // MARK: - At rest

    private static func settled(_ situation: Situation, _ wanted: WantedApp) -> Step {
        let state = situation.installed.state
        let action = TransitionMatrix.action(from: state, to: wanted.target, stage: wanted.id.stage)
        if let step = firstLook(situation) { return step }
        if isUpdateWanted(situation, wanted), let note = note(.update, situation) { return note }

        let endsLane = wanted.target == .removed || wanted.target == .uninstalled
        let mayWork = action != nil && action != .noOperation
        let isWaiting = isWaitingForRetry(situation)
        if situation.observation == nil, situation.mustLook || endsLane || mayWork && !isWaiting {
            if let wait = waitIfBlocked(situation) { return situation.mustReport && !mayWork ? .reportAgain : wait }
            return .observe
        }
        if let seen = situation.observation, let step = drift(situation, wanted, seen) { return step }
        if situation.mustReport, !mayWork || isWaiting, !endsLane || isWaiting { return .reportAgain }
        if isWaiting { return situation.history.retryAt.map { .wait(until: $0) } ?? .rest }
        guard let action else { return withoutHandler(situation, wanted) }
        return act(action, situation, wanted)
    }

    private static func act(_ action: TransitionAction, _ situation: Situation, _ wanted: WantedApp) -> Step {
        switch action {
        case .pull, .run, .stop, .recoverToPresent, .recoverToRunning, .remove, .uninstall, .cancelPull:
            return .begin(action)
        case .noOperation where wanted.target == .removed || wanted.target == .uninstalled:
            // Rows go only when the final target is reached and seen to be reached (T55, P28).
            guard situation.observation?.container == nil else {
                return .begin(wanted.target == .removed ? .remove : .uninstall)
            }
            return waitIfBlocked(situation) ?? .forget(reporting: situation.installed.state)
        case .noOperation:
            return syncPorts(situation) ?? follow(situation) ?? .rest
        default:
            return note(.target, situation) ?? .rest
        }
    }

    /// The table has "—": a state left behind in mid-work is replaced by what is really there; the target then follows.
    private static func withoutHandler(_ situation: Situation, _ wanted: WantedApp) -> Step {
        let state = situation.installed.state
        if state == .uninstalled, wanted.target == .removed {
            guard let seen = situation.observation else { return .observe }
            return seen.container == nil ? .forget(reporting: .uninstalled) : .begin(.remove)
        }
        guard state.isTransient else { return note(.target, situation) ?? .rest }
        guard let seen = situation.observation else { return waitIfBlocked(situation) ?? .observe }
        let truth = StateCorrection.corrected(state, container: seen.container, hasImage: seen.hasImage)
        return truth == state ? .rest : .report(truth)
    }

    /// Before anything else the remembered state is compared with the engine, locally (4.5).
    private static func firstLook(_ situation: Situation) -> Step? {
        guard situation.isUnverified else { return nil }
        guard let seen = situation.observation else { return waitIfBlocked(situation) ?? .observe }
        return .correct(
            StateCorrection.corrected(
                situation.installed.state, container: seen.container, hasImage: seen.hasImage))
    }

    /// What happened to the container without us (4.3). A running app that is to be stopped or removed is left to that,
    /// whatever became of its container (P47).
    private static func drift(_ situation: Situation, _ wanted: WantedApp, _ seen: Observation) -> Step? {
        let state = situation.installed.state
        if state == .running, [.present, .removed, .uninstalled].contains(wanted.target) { return nil }
        switch (state, seen.container?.status) {
        case (.running, nil):
            return .report(StateCorrection.corrected(state, container: nil, hasImage: seen.hasImage))
        case (.running, .exited), (.running, .dead):
            if let follow = follow(situation) { return follow }
            let code = seen.container?.exitCode ?? 0
            return .fail(Failure("exited with status code: \(code)", exitCode: code))
        case (.running, .restarting):
            // Only somebody else gives a container a restart policy; its loop is the app's failure (1.5, 4.3).
            return .fail(Failure("the engine restarts the container again and again: its restart policy was changed"))
        case (.running, .paused):
            return note(.paused, situation)
        case (.running, .created):
            return .report(.present)
        case (.running, .removing):
            return .wait(until: situation.now + pollInterval)
        case (.failed, .running):
            // Another target deals with the container of a failed app by itself, after the delay of the crash loop.
            return wanted.target == .running ? .report(.running) : nil
        case (_, .running) where state != .running && !state.isTransient:
            return .report(.running)
        default:
            return nil
        }
    }

    /// An app that the backend has forgotten: container and rows go; data and images stay, nobody asked to delete them.
    private static func discard(_ situation: Situation, _ wanted: WantedApp) -> Step {
        if let limitation = limitation(wanted) { return leaveAlone(limitation, situation) }
        if let wait = waitIfBlocked(situation) { return wait }
        guard let seen = situation.observation else { return .observe }
        if let container = seen.container { return .removeContainer(container.id) }
        return .forget(reporting: nil)
    }

    // MARK: - Parts

    private static func limitation(_ wanted: WantedApp) -> Limitation? {
        if wanted.isCompose { return .compose }
        let isBuild = wanted.target == .built || wanted.target == .published
        return wanted.id.stage == .dev && isBuild ? .development : nil
    }

    private static func leaveAlone(_ limitation: Limitation, _ situation: Situation) -> Step {
        if let note = note(limitation, situation) { return note }
        return situation.mustReport ? .reportAgain : .rest
    }

    /// Updates are only for targets that need the app (P49).
    private static func isUpdateWanted(_ situation: Situation, _ wanted: WantedApp) -> Bool {
        wanted.requestUpdate && !wanted.newestVersion.isEmpty && wanted.target != .removed
            && wanted.target != .uninstalled
            && wanted.newestVersion != ImageNames.version(of: situation.installed, wanted: wanted)
    }

    private static func note(_ limitation: Limitation, _ situation: Situation) -> Step? {
        situation.noted.contains(limitation) ? nil : .note(limitation)
    }

    private static func isWaitingForRetry(_ situation: Situation) -> Bool {
        guard situation.installed.state == .failed else { return false }
        if situation.history.isGivenUp { return true }
        return situation.history.retryAt.map { $0 > situation.now } ?? false
    }

    static func waitIfBlocked(_ situation: Situation) -> Step? {
        guard let retryAt = situation.blockedUntil, retryAt > situation.now else { return nil }
        return .wait(until: retryAt)
    }

    /// Last of all, so that no stop and no removal ever waits for it (P39).
    private static func syncPorts(_ situation: Situation) -> Step? {
        guard situation.mustSyncPorts, situation.hasPortRules, situation.installed.id.stage == .prod else { return nil }
        guard situation.observation != nil else { return waitIfBlocked(situation) ?? .observe }
        return .syncPorts
    }

    static func follow(_ situation: Situation) -> Step? {
        guard let container = situation.observation?.container, container.id != situation.followed else { return nil }
        return .follow(container.id)
    }
}

extension TransitionAction {
    /// The state that is published before the work; actions that first clear up have none (2.3).
    var announcement: AppState? {
        switch self {
        case .run: .starting
        case .stop: .stopping
        case .remove, .uninstall: .deleting
        default: nil
        }
    }
}

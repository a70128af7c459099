import DeviceProtocol

/// STOPPING → STOPPING → PRESENT; one STOPPING for DEV. The container is removed on purpose, so that the next start gets a fresh environment
/// (app-lifecycle.md 3.10). A missing container is a stopped one (P47).
enum StopScript {
    static func next(_ transition: Transition, _ situation: Situation, _ seen: Observation) -> Step {
        // The second one of PROD, after the look-up (2.3).
        if transition.announcements < announcements(situation.installed.id.stage) { return .announce(.stopping) }
        guard let container = seen.container else { return .complete(.present) }
        switch container.status {
        case .removing:
            return .wait(until: situation.now + Planner.pollInterval)
        case .running, .restarting:
            // Still up after a stop that succeeded: it goes by force.
            return transition.stopped == container.id ? .removeContainer(container.id) : .stop(container.id)
        case .created, .paused, .exited, .dead:
            return .removeContainer(container.id)
        }
    }

    /// How often STOPPING is published (2.3).
    static func announcements(_ stage: Stage) -> Int { stage == .prod ? 2 : 1 }
}

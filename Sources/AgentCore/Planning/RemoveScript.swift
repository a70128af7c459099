import DeviceProtocol

/// DELETING → REMOVED, and → UNINSTALLED when that is wanted (app-lifecycle.md 3.11, 3.12). A canceled download ends
/// here too, without DELETING; unlike the reference it also reaches UNINSTALLED (P26).
enum RemoveScript {
    static func next(
        _ transition: Transition, _ situation: Situation, _ wanted: WantedApp, _ seen: Observation
    ) -> Step {
        if let container = seen.container {
            return container.status == .removing
                ? .wait(until: situation.now + Planner.pollInterval) : .removeContainer(container.id)
        }
        if !transition.hasRemovedImages { return .removeImages }
        switch wanted.target {
        case .removed:
            return .forget(reporting: .removed)
        case .uninstalled:
            if situation.installed.state != .removed { return .report(.removed) }
            // Deleting data needs the positive target, looked at right before it is done.
            return transition.hasDeletedData ? .forget(reporting: .uninstalled) : .deleteData
        default:
            // Wanted again meanwhile: the rows stay (T55), the new target follows.
            return .complete(.removed)
        }
    }
}

import DeviceProtocol

/// STARTING → RUNNING, with DOWNLOADING → PRESENT between them when the image is missing (app-lifecycle.md 3.4, 3.9).
enum RunScript {
    static func next(_ transition: Transition, _ situation: Situation, _ seen: Observation) -> Step {
        if seen.isNameTaken {
            return .fail(Failure("a container that is not the agent's has the app's container name"))
        }
        if transition.bindings == nil, situation.hasPortRules { return .assignPorts }
        guard let container = seen.container else { return create(transition, situation, seen) }
        if container.status == .removing { return .wait(until: situation.now + Planner.pollInterval) }
        if transition.hasStarted(container.id) { return watch(transition, container, situation) }
        return canKeep(container, transition, situation)
            ? takeOver(container) : .removeContainer(container.id)
    }

    /// From FAILED: the old container goes first, by its name, whatever became of it (T34).
    static func recover(_ transition: Transition, _ situation: Situation, _ seen: Observation) -> Step {
        if let container = seen.container, container.id != transition.container, container.status != .removing {
            return .removeContainer(container.id)
        }
        if transition.announcements == 0 { return .announce(.starting) }
        return next(transition, situation, seen)
    }

    private static func create(_ transition: Transition, _ situation: Situation, _ seen: Observation) -> Step {
        if transition.startedAt != nil { return .fail(Failure("the container was removed while it was starting")) }
        guard seen.hasImage, let image = situation.image else { return PullScript.pull(situation) }
        if situation.installed.state == .downloading { return .report(.present) }
        return .create(image: image, usesGPU: !transition.isWithoutGPU)
    }

    /// "Found, still matching: reuse as is" (3.4). What ended, or was made of another image, is made anew.
    private static func canKeep(
        _ container: ContainerSnapshot, _ transition: Transition, _ situation: Situation
    ) -> Bool {
        if container.id == transition.container { return true }
        // A DEV app is made anew with every start: its image has the same name after each build (T21).
        if situation.installed.id.stage == .dev { return false }
        if transition.isWithoutGPU || situation.transition?.action == .recoverToRunning { return false }
        guard hasBindings(container, transition.bindings ?? []) else { return false }
        return switch container.status {
        case .running, .restarting: true
        case .created: container.image == situation.image
        case .exited, .dead, .paused, .removing: false
        }
    }

    /// "Network configuration outdated" (3.4): bindings are wanted, and the container has others.
    private static func hasBindings(_ container: ContainerSnapshot, _ wanted: [PortBinding]) -> Bool {
        guard !wanted.isEmpty else { return true }
        let isSame = { (left: PortBinding, right: PortBinding) in
            left.container == right.container && left.transport == right.transport && left.host == right.host
        }
        return container.bindings.count == wanted.count
            && wanted.allSatisfy { binding in container.bindings.contains { isSame($0, binding) } }
    }

    private static func takeOver(_ container: ContainerSnapshot) -> Step {
        container.status == .running ? .complete(.running) : .start(container.id)
    }

    /// "Wait for running": every second, for 30 s (2.9, 3.4).
    private static func watch(
        _ transition: Transition, _ container: ContainerSnapshot, _ situation: Situation
    ) -> Step {
        if container.status == .running { return .complete(.running) }
        if let reason = reason(container) {
            // Its last words reach the viewers before the reason does (T20).
            return Planner.follow(situation) ?? .fail(reason)
        }
        let limit = (transition.startedAt ?? situation.now) + Planner.startLimit
        guard situation.now < limit else {
            return Planner.follow(situation) ?? .fail(Failure("the container did not run within \(Planner.startLimit)"))
        }
        return .wait(until: situation.now + Planner.pollInterval)
    }

    private static func reason(_ container: ContainerSnapshot) -> Failure? {
        if container.status == .exited || container.status == .dead {
            let code = container.exitCode ?? 0
            let text = container.error.isEmpty ? "exited with status code: \(code)" : container.error
            return Failure(text, exitCode: container.error.isEmpty ? code : nil)
        }
        return container.error.isEmpty ? nil : Failure(container.error)
    }
}

import AsyncSupport
import DeviceProtocol
import Values

extension AppLane {
    /// What the lane is doing.
    var diagnostics: Value {
        let now = ports.time.monotonic
        var object: Object = [
            "name": .string(situation.installed.name),
            "stage": .string(id.stage.rawValue),
            "wanted": situation.wanted.map { .string($0.target.rawValue) } ?? .null,
            "state": .string(situation.installed.state.rawValue),
            "step": work.map { .string($0.step.word) } ?? .null,
            "step_seconds": work.map { .seconds(now - $0.since) } ?? .null,
            "generation": .integer(generation),
            "failures": .count(situation.history.failures),
        ]
        if let transition = situation.transition { object["transition"] = .string("\(transition.action)") }
        if case .wait(let time)? = work?.step { object["retry_in_seconds"] = .remaining(until: time, now: now) }
        return .object(object)
    }
}

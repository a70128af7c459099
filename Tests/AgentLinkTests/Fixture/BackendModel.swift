import DeviceProtocol
import Synchronization
import Values
import WAMPTestKit

/// The backend behind the router, with failures on demand.
final class BackendModel: Sendable {
    private struct State {
        var failures: [String: (count: Int, answer: AnsweringRouter.Answer)] = [:]
        var metadata: Object = ["device_name": "device", "swarm_key": 2]
        var listeners: Set<String> = []
    }

    private let state = Mutex(State())

    /// Answers the next questions for a procedure, or registrations of it, with this.
    func fail(
        _ procedure: String, times: Int = 1,
        with answer: AnsweringRouter.Answer = .error("wamp.error.no_such_procedure", "no callee registered")
    ) { state.withLock { $0.failures[procedure] = (times, answer) } }

    func heal() { state.withLock { $0.failures = [:] } }

    func setMetadata(_ metadata: Object) { state.withLock { $0.metadata = metadata } }

    func answer(_ question: AnsweringRouter.Question) -> AnsweringRouter.Answer {
        let name =
            switch question {
            case .call(let name, _), .register(let name), .subscribe(let name): name
            }
        let failure = state.withLock { state -> AnsweringRouter.Answer? in
            guard let failure = state.failures[name], failure.count > 0 else { return nil }
            state.failures[name]?.count -= 1
            return failure.answer
        }
        if let failure { return failure }
        guard case .call = question else { return .result([]) }
        return switch name {
        case BackendProcedure.readDeviceMetadata: .result([.object(state.withLock { $0.metadata })])
        case BackendProcedure.getAppCredentialKey: .result(["credential-key"])
        case BackendProcedure.updateDeviceStatus: .result([["reswarmBaseURL": "https://studio.example"]])
        case BackendProcedure.getRequestedAppStates: .result([[]])
        default: .result([.null])
        }
    }
}

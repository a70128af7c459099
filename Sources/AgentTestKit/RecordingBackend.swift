public import AgentCore
import AsyncSupport
public import DeviceProtocol
import Synchronization
public import Values

/// A backend that keeps what it was called with and answers by a closure.
public final class RecordingBackend: Backend {
    public struct Call: Sendable, Equatable {
        public var procedure: String
        public var arguments: [Value]

        public init(procedure: String, arguments: [Value]) {
            self.procedure = procedure
            self.arguments = arguments
        }
    }

    public typealias Answer = @Sendable (Call) throws(BackendError) -> [Value]

    private struct State {
        var calls: [Call] = []
        var isConnected: Bool
        var answer: Answer
        var waiters: [(isMet: @Sendable ([Call]) -> Bool, gate: Gate)] = []
    }

    private let state: Mutex<State>

    /// By default it knows a registry token and takes everything else.
    public init(isConnected: Bool = true, answer: @escaping Answer = RecordingBackend.takeEverything) {
        state = Mutex(State(isConnected: isConnected, answer: answer))
    }

    public static let takeEverything: Answer = { call in
        call.procedure == BackendProcedure.getRegistryToken ? ["token"] : [.null]
    }

    public var calls: [Call] { state.withLock { $0.calls } }

    /// The states that were reported, in order.
    public var states: [AppState] { Self.reports(in: calls).map(\.state) }

    public var reports: [AppStateReport] { Self.reports(in: calls) }

    public func setConnected(_ isConnected: Bool) { state.withLock { $0.isConnected = isConnected } }

    public func setAnswer(_ answer: @escaping Answer) { state.withLock { $0.answer = answer } }

    /// Returns when so many states were reported.
    public func waitForStates(count: Int) async {
        await wait { Self.reports(in: $0).count >= count }
    }

    /// Returns when this state was the last one reported.
    public func waitForState(_ last: AppState) async {
        await wait { Self.reports(in: $0).last?.state == last }
    }

    private func wait(until isMet: @escaping @Sendable ([Call]) -> Bool) async {
        let gate = Gate()
        let isMetNow = state.withLock { state in
            if isMet(state.calls) { return true }
            state.waiters.append((isMet, gate))
            return false
        }
        if !isMetNow { try? await gate.wait() }
    }

    public func call(_ procedure: String, _ arguments: [Value]) async throws(BackendError) -> [Value] {
        let call = Call(procedure: procedure, arguments: arguments)
        let (answer, gates): (Answer?, [Gate]) = state.withLock { state in
            guard state.isConnected else { return (nil, []) }
            state.calls.append(call)
            let calls = state.calls
            let met = state.waiters.filter { $0.isMet(calls) }.map(\.gate)
            state.waiters.removeAll { $0.isMet(calls) }
            return (state.answer, met)
        }
        for gate in gates { await gate.open() }
        guard let answer else { throw BackendError(.notConnected, "there is no session") }
        return try answer(call)
    }

    private static func reports(in calls: [Call]) -> [AppStateReport] {
        calls.filter { $0.procedure == BackendProcedure.updateAppOnDevice }
            .compactMap { $0.arguments.first?.object.flatMap { try? AppStateReport($0) } }
    }
}

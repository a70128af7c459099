import AgentAPI
import AgentCore
import AsyncSupport
import DeviceProtocol
import Synchronization
import Values

/// Everything that the API works with, scripted.
final class APIBench: Backend, AppRequests, EngineFeed, LogHistory, HostFacts, DeviceContextSource, TimeSource {
    private struct State {
        var answer: Result<[Value], BackendError> = .success([true])
        var questions: [Value] = []
        var requests: [AppRequest] = []
        var refusal: StoreError?
        var containers: Result<[Value], EngineError> = .success([])
        var images: [Value] = []
        var engineCalls = 0
        var history: [String] = []
        var addresses: [InterfaceAddress] = []
    }

    private let state = Mutex(State())

    var api: DeviceAPI {
        DeviceAPI(
            DeviceAPI.Services(
                device: self, backend: self, apps: self, engine: self, logs: self, host: self, time: self,
                version: "1.2.3"))
    }

    func call(
        _ procedure: DeviceProcedure, _ arguments: [Value] = [], keywords: Object = [:], caller: String? = "system"
    ) async throws(CallFailure) -> DeviceReply {
        try await api.handle(
            DeviceCall(
                procedure: procedure.rawValue, arguments: arguments, keywords: keywords, callerAuthID: caller))
    }

    // MARK: - Scripting

    func answer(_ results: [Value]) { state.withLock { $0.answer = .success(results) } }
    func failCheck() { state.withLock { $0.answer = .failure(BackendError(.timedOut, "no reply within 10 s")) } }
    func refuse(_ error: StoreError) { state.withLock { $0.refusal = error } }
    func containers(_ result: Result<[Value], EngineError>) { state.withLock { $0.containers = result } }
    func images(_ images: [Value]) { state.withLock { $0.images = images } }
    func history(_ lines: [String]) { state.withLock { $0.history = lines } }
    func addresses(_ addresses: [InterfaceAddress]) { state.withLock { $0.addresses = addresses } }

    var questions: [Value] { state.withLock { $0.questions } }
    var requests: [AppRequest] { state.withLock { $0.requests } }
    var engineCalls: Int { state.withLock { $0.engineCalls } }

    // MARK: - Ports

    func call(_ procedure: String, _ arguments: [Value]) async throws(BackendError) -> [Value] {
        let answer = state.withLock { state in
            state.questions += arguments
            return procedure == BackendProcedure.checkPrivilege ? state.answer : .success([])
        }
        return try answer.get()
    }

    func request(_ request: AppRequest) async throws {
        let refusal = state.withLock { state in
            state.requests.append(request)
            return state.refusal
        }
        if let refusal { throw refusal }
    }

    func containerSummaries() async throws(EngineError) -> [Value] {
        let result = state.withLock { state in
            state.engineCalls += 1
            return state.containers
        }
        return try result.get()
    }

    func isRunning(_ container: String) async throws(EngineError) -> Bool { false }

    func imageSummaries() async throws(EngineError) -> [Value] {
        state.withLock { state in
            state.engineCalls += 1
            return state.images
        }
    }

    func history(of log: String) async throws(LogNameError) -> [String] {
        guard LogName(log) != nil else { throw LogNameError(name: log) }
        return state.withLock { $0.history }
    }

    func ping() async throws(EngineError) {}
    func watch(
        since: WallTime?, onOpen: @Sendable () async -> Void, onEvent: @Sendable (ContainerEvent) async -> Void
    ) async throws(EngineError) {}
    func readLogs(
        of container: String, _ query: LogQuery, onLine: @Sendable (ContainerLogLine) async -> Void
    ) async throws(EngineError) {}
    func dataRoot() async throws(EngineError) -> String? { nil }

    func statistics() async -> Object { ["cpu_count": 2, "cpu_usage": 8.25] }
    func platform() async -> Platform {
        Platform(description: "linux debian 12.11 6.1.0", architecture: "arm", variant: "v7")
    }
    func addresses() async -> [InterfaceAddress] { state.withLock { $0.addresses } }
    func lanAddress() async -> String? { nil }
    func hasGPU() async -> Bool { false }
    func directoryExists(_ path: String) async -> Bool { false }

    var context: DeviceContext { DeviceContext(serialNumber: "S1", deviceKey: 3, swarmKey: 2) }

    var monotonic: Duration { .zero }
    var wall: WallTime { WallTime(seconds: 1_795_489_064, nanoseconds: 999_999_999) }
    func sleep(for duration: Duration) async throws {}
}

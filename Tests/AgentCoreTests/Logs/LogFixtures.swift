import AgentCore
import AsyncSupport
import AsyncTestKit
import Synchronization
import Values

/// Remembers what was published, and answers who listens.
final class ListeningAudience: Audience {
    private struct State {
        var published: [(topic: String, value: Value)] = []
        var listeners: [String: [UInt64]] = [:]
        var failures = 0
        var questions: [String] = []
    }

    private let state = Mutex(State())

    func publish(_ argument: Value, to topic: String) async {
        state.withLock { $0.published.append((topic, argument)) }
    }

    func subscriptions(matching topic: String) async throws(BackendError) -> [UInt64] {
        let answer: [UInt64]? = state.withLock { state in
            state.questions.append(topic)
            if state.failures > 0 {
                state.failures -= 1
                return nil
            }
            return state.listeners[topic] ?? []
        }
        guard let answer else { throw BackendError(.timedOut, "no answer") }
        return answer
    }

    func listen(_ topic: String, _ ids: [UInt64]) { state.withLock { $0.listeners[topic] = ids } }

    func failNext(_ count: Int) { state.withLock { $0.failures = count } }

    var questions: [String] { state.withLock { $0.questions } }

    /// Lines of text messages, in order.
    func lines(of topic: String) -> [String] {
        state.withLock { state in
            state.published.filter { $0.topic == topic }.compactMap(\.value.string)
                .flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        }
    }

    /// Chunks of agent lines, in order.
    func chunks(of topic: String) -> [String] {
        state.withLock { state in
            state.published.filter { $0.topic == topic && $0.value["type"] == "build" }.compactMap {
                $0.value["chunk"]?.string
            }
        }
    }

    var messages: [Value] { state.withLock { $0.published.map(\.value) } }
}

/// An engine whose log streams the test writes.
final class ScriptedFeed: EngineFeed {
    /// What a read gives: lines, then an end.
    struct Script: Sendable {
        var lines: [ContainerLogLine] = []
        var staysOpen = false
        var error: EngineError?
    }

    private struct State {
        var scripts: [Script] = []
        var queries: [(container: String, query: LogQuery)] = []
        var tail: [String] = []
        var tailError: EngineError?
        var isRunning = false
    }

    private let state = Mutex(State())
    /// Lines for a stream that stays open.
    let live = BoundedChannel<ContainerLogLine>(capacity: 10_000, overflow: .fail)

    /// Scripts for following reads, one each; afterwards the container is not there.
    func script(_ scripts: Script...) { state.withLock { $0.scripts += scripts } }

    func tail(_ lines: [String], error: EngineError? = nil) {
        state.withLock {
            $0.tail = lines
            $0.tailError = error
        }
    }

    var queries: [LogQuery] { state.withLock { $0.queries.map(\.query) } }

    func readLogs(
        of container: String, _ query: LogQuery, onLine: @Sendable (ContainerLogLine) async -> Void
    ) async throws(EngineError) {
        let script = state.withLock { state -> Script in
            state.queries.append((container, query))
            if !query.follow {
                let lines = state.tail.suffix(query.tail ?? .max).map { ContainerLogLine(time: nil, text: $0) }
                return Script(lines: lines, error: state.tailError)
            }
            guard !state.scripts.isEmpty else {
                return Script(error: EngineError(.containerNotFound, "no such container"))
            }
            return state.scripts.removeFirst()
        }
        for line in script.lines { await onLine(line) }
        if script.staysOpen { for await line in live { await onLine(line) } }
        if let error = script.error { throw error }
    }

    /// What ``isRunning(_:)`` answers from now on.
    func setRunning(_ isRunning: Bool) { state.withLock { $0.isRunning = isRunning } }

    func isRunning(_ container: String) async throws(EngineError) -> Bool { state.withLock { $0.isRunning } }

    func ping() async throws(EngineError) {}
    func watch(
        since: WallTime?, onOpen: @Sendable () async -> Void, onEvent: @Sendable (ContainerEvent) async -> Void
    ) async throws(EngineError) {}
    func containerSummaries() async throws(EngineError) -> [Value] { [] }
    func imageSummaries() async throws(EngineError) -> [Value] { [] }
    func dataRoot() async throws(EngineError) -> String? { nil }
}

/// Histories in memory.
final class HistoryStore: LogStore {
    private let state = Mutex<(logs: [AppID: [String]], writes: Int, fails: Bool)>(([:], 0, false))

    func storeLog(_ lines: [String], of id: AppID, name: String) async throws(StoreError) {
        state.withLock {
            $0.logs[id] = lines
            $0.writes += 1
        }
    }

    func loadLog(of id: AppID) async throws(StoreError) -> [String]? {
        let (lines, fails) = state.withLock { ($0.logs[id], $0.fails) }
        if fails { throw StoreError("broken") }
        return lines
    }

    func put(_ lines: [String], of id: AppID) { state.withLock { $0.logs[id] = lines } }
    func fail() { state.withLock { $0.fails = true } }
    func stored(_ id: AppID) -> [String]? { state.withLock { $0.logs[id] } }
    var writes: Int { state.withLock { $0.writes } }
}

/// A log service with everything around it.
struct LogBench: Sendable {
    let time = ManualTime()
    let feed = ScriptedFeed()
    let store = HistoryStore()
    let context = DeviceContextHolder(DeviceContext(serialNumber: "S1", deviceKey: 3, swarmKey: 2))
    let service: LogService

    init() { service = LogService(context: context, feed: feed, store: store, time: time) }

    /// Runs the service for as long as the body.
    func run(_ body: @Sendable () async throws -> Void) async rethrows {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await service.run() }
            do { try await body() } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    /// Lets time pass in small steps, with room for the tasks in between, until the condition holds.
    func advance(until condition: @Sendable () async -> Bool) async -> Bool {
        for _ in 0..<400 {
            if await condition() { return true }
            for _ in 0..<20 { await Task.yield() }
            time.advance(by: .milliseconds(100))
        }
        return await condition()
    }

    /// Lets everything happen that happens within a second.
    func settle() async {
        for _ in 0..<10 {
            for _ in 0..<50 { await Task.yield() }
            time.advance(by: .milliseconds(100))
        }
        for _ in 0..<50 { await Task.yield() }
    }
}

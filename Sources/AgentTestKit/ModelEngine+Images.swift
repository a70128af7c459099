public import AgentCore
public import AsyncSupport
import Synchronization
public import Values

extension ModelEngine: ImageStore {
    public func contains(_ reference: String) async throws(EngineError) -> Bool {
        try await enter(.contains, reference)
        return state.withLock { $0.images.contains(reference) }
    }

    public func pull(
        _ reference: String, credentials: RegistryCredentials?, onAccepted: @Sendable () async -> Void,
        onLine: @Sendable (String) async -> Void
    ) async throws(EngineError) {
        state.withLock { $0.credentials.append(credentials) }
        guard state.withLock({ $0.registry.contains(reference) }) else {
            try await enter(.pull, reference)
            throw EngineError(.imageNotFound, "manifest for \(reference) not found")
        }
        await onAccepted()
        await onLine("{\"status\":\"Pulling\"}")
        try await enter(.pull, reference)
        state.withLock { _ = $0.images.insert(reference) }
    }

    public func tags(of repository: String) async throws(EngineError) -> [String] {
        try await enter(.tags, repository)
        return state.withLock { $0.images.filter { $0.hasPrefix("\(repository):") }.sorted() }
    }

    public func removeTag(_ reference: String) async throws(EngineError) {
        try await enter(.removeTag, reference)
        state.withLock { _ = $0.images.remove(reference) }
    }
}

extension ModelEngine: EngineFeed {
    public func ping() async throws(EngineError) { try await enter(.ping) }

    public func watch(
        since: WallTime?, onOpen: @Sendable () async -> Void, onEvent: @Sendable (ContainerEvent) async -> Void
    ) async throws(EngineError) {
        try await enter(.watch)
        let events = BoundedChannel<ContainerEvent>(capacity: 1024, overflow: .dropOldest)
        let id = state.withLock { state in
            state.nextID += 1
            state.watchers[state.nextID] = events
            return state.nextID
        }
        defer { state.withLock { _ = $0.watchers.removeValue(forKey: id) } }
        await onOpen()
        for await event in events { await onEvent(event) }
    }

    /// The model has no logs.
    public func readLogs(
        of container: String, _ query: LogQuery, onLine: @Sendable (ContainerLogLine) async -> Void
    ) async throws(EngineError) {}

    public func isRunning(_ container: String) async throws(EngineError) -> Bool {
        state.withLock { $0.containers[container]?.status == .running }
    }

    public func containerSummaries() async throws(EngineError) -> [Value] { [] }

    public func imageSummaries() async throws(EngineError) -> [Value] { [] }

    public func dataRoot() async throws(EngineError) -> String? { nil }
}

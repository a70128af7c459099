public import AgentCore
public import AsyncSupport
public import DockerEngine
public import Values

/// Events, logs and lists of a Docker engine, as the domain wants them.
public struct DockerEngineFeed: EngineFeed {
    /// The reference's 2 s are too short on a busy small device (5.2, C-39).
    static let imageListLimit = Duration.seconds(10)

    private let client: DockerClient

    public init(client: DockerClient) {
        self.client = client
    }

    public func ping() async throws(EngineError) {
        try await EngineError.translating { () async throws(DockerError) in try await client.ping() }
    }

    public func watch(
        since: WallTime?, onOpen: @Sendable () async -> Void, onEvent: @Sendable (ContainerEvent) async -> Void
    ) async throws(EngineError) {
        try await EngineError.translating { () async throws(DockerError) in
            try await client.events(since: since, onOpen: onOpen) { event in
                guard let event = ContainerEvent(event) else { return }
                await onEvent(event)
            }
        }
    }

    public func readLogs(
        of container: String, _ query: LogQuery, onLine: @Sendable (ContainerLogLine) async -> Void
    ) async throws(EngineError) {
        let options = LogOptions(
            follow: query.follow, tail: query.tail.map { UInt64(max(0, $0)) }, since: query.since,
            until: query.until, timestamps: true)
        try await EngineError.translating { () async throws(DockerError) in
            try await client.containerLogs(of: container, options) { line in
                await onLine(ContainerLogLine(time: line.time, text: line.text))
            }
        }
    }

    public func isRunning(_ container: String) async throws(EngineError) -> Bool {
        do {
            let status = try await client.inspectContainer(container).state.status
            return ["running", "paused", "restarting"].contains(status)
        } catch  where error.code == .containerNotFound {
            return false
        } catch {
            throw EngineError(error)
        }
    }

    public func containerSummaries() async throws(EngineError) -> [Value] {
        try await EngineError.translating { () async throws(DockerError) in try await client.containerDocuments() }
    }

    public func imageSummaries() async throws(EngineError) -> [Value] {
        try await EngineError.translating { () async throws(DockerError) in
            try await client.imageDocuments(deadline: Self.imageListLimit)
        }
    }

    public func dataRoot() async throws(EngineError) -> String? {
        let information = try await EngineError.translating { () async throws(DockerError) in
            try await client.info()
        }
        return information["DockerRootDir"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension ContainerEvent {
    /// Nil for an event that names no container.
    init?(_ event: DockerEvent) {
        guard let name = event.attributes["name"], !name.isEmpty else { return nil }
        self.init(action: event.action, container: name, labels: event.attributes, time: event.time)
    }
}

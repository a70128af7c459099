public import AsyncSupport
public import Values

/// What the engine tells by itself, and what it lists for people.
public protocol EngineFeed: Sendable {
    /// Returns when the engine answers; throws `unavailable` otherwise. At most 2 s.
    func ping() async throws(EngineError)

    /// Delivers container events from `since` on until the stream ends or the task is cancelled.
    /// `onOpen` runs when the engine has accepted the subscription.
    func watch(
        since: WallTime?, onOpen: @Sendable () async -> Void, onEvent: @Sendable (ContainerEvent) async -> Void
    ) async throws(EngineError)

    /// Delivers log lines of a container until the stream ends or the task is cancelled.
    func readLogs(
        of container: String, _ query: LogQuery, onLine: @Sendable (ContainerLogLine) async -> Void
    ) async throws(EngineError)

    /// Whether the container of this name has a process: then its log can go on.
    func isRunning(_ container: String) async throws(EngineError) -> Bool

    /// The engine's container summaries, keys as the engine writes them (5.1).
    func containerSummaries() async throws(EngineError) -> [Value]

    /// The engine's image summaries, keys as the engine writes them (5.2).
    func imageSummaries() async throws(EngineError) -> [Value]

    /// The engine's data root, for disk statistics; nil when unknown.
    func dataRoot() async throws(EngineError) -> String?
}

/// Something that happened to a container.
public struct ContainerEvent: Sendable, Equatable {
    /// As the engine names it: `create`, `start`, `die`, `stop`, `destroy`, `pause`, …
    public var action: String
    /// Without the leading slash.
    public var container: String
    public var labels: [String: String]
    public var time: WallTime

    public init(action: String, container: String, labels: [String: String] = [:], time: WallTime) {
        self.action = action
        self.container = container
        self.labels = labels
        self.time = time
    }
}

/// Which part of a container's log is read.
public struct LogQuery: Sendable, Equatable {
    /// Newest lines to start with; nil means all.
    public var tail: Int?
    public var since: WallTime?
    public var until: WallTime?
    public var follow: Bool

    public init(tail: Int? = nil, since: WallTime? = nil, until: WallTime? = nil, follow: Bool = false) {
        self.tail = tail
        self.since = since
        self.until = until
        self.follow = follow
    }
}

/// One line of a container's log, without its line end.
public struct ContainerLogLine: Sendable, Equatable {
    /// The engine's stamp of the line's first fragment.
    public var time: WallTime?
    public var text: String

    public init(time: WallTime?, text: String) {
        self.time = time
        self.text = text
    }
}

import AsyncSupport

/// One container whose log is being read under a name.
actor LogFollower {
    nonisolated let container: String
    nonisolated let record: LogRecord
    private nonisolated let stopped = Gate()
    private var isRequestedAgain = false

    init(container: String, record: LogRecord) {
        self.container = container
        self.record = record
    }

    /// The container was started again, or somebody wants to be sure that it is followed.
    func request() { isRequestedAgain = true }

    /// Whether there was a request since the last time this was asked.
    func takeRequest() -> Bool {
        defer { isRequestedAgain = false }
        return isRequestedAgain
    }

    nonisolated func stop() async { await stopped.open() }

    /// Runs the body until it returns, the follower is stopped or the task is cancelled.
    nonisolated func untilStopped(_ body: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.stopped.wait() }
            group.addTask { await body() }
            await group.next()
            group.cancelAll()
        }
    }
}

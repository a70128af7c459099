public import AsyncSupport
public import Logging
public import Values

/// Watches the engine: whether it answers, and what happens to containers. It decides nothing; it wakes lanes.
///
/// A lost event stream is taken up again where it ended, and every app is looked at once a minute besides, so that a
/// crash is noticed whatever happened to the stream (P24).
public actor EngineWatcher {
    private static let retryPolicy = Backoff.Policy(initial: .seconds(1), maximum: .seconds(5), jitter: 0)
    private static let slowLook: Duration = .seconds(60)

    private let feed: any EngineFeed
    private let registry: AppRegistry
    private let time: any TimeSource
    private let logger: Logger

    /// Nil until the engine was asked once.
    private var isAvailable: Bool?
    private var available = Gate()
    /// Pings in a row without an answer, and when the next one is due.
    private var failures = 0
    private var nextTry: Duration?
    /// The newest event seen; a subscription begins there.
    private var lastEvent: WallTime?

    public init(feed: any EngineFeed, registry: AppRegistry, time: any TimeSource, logger: Logger) {
        self.feed = feed
        self.registry = registry
        self.time = time
        self.logger = logger
    }

    /// Watches until it is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watch() }
            group.addTask { await self.lookSlowly() }
        }
    }

    /// Returns when the engine answers.
    public func waitUntilAvailable() async throws(CancellationError) {
        while isAvailable != true { try await available.wait() }
    }

    /// Whether the engine answers, and when it is asked again.
    public var diagnostics: Value {
        [
            "available": isAvailable.map(Value.bool) ?? .null, "failures": .count(failures),
            "retry_in_seconds": nextTry.map { .remaining(until: $0, now: time.monotonic) } ?? .null,
            "last_event": lastEvent.map { .string($0.rfc3339UTC()) } ?? .null,
        ]
    }

    private func watch() async {
        var backoff = Backoff(policy: Self.retryPolicy)
        while !Task.isCancelled {
            do throws(EngineError) {
                try await feed.ping()
                await engineAnswers()
                try await feed.watch(since: lastEvent) {
                    await self.registry.wakeAll()
                } onEvent: { event in
                    await self.take(event)
                }
                // A stream that ends by itself is resubscribed with the same care as one that broke.
                logger.debug("the engine's event stream has ended")
            } catch {
                if Task.isCancelled { return }
                failures += 1
                engineFailed(error)
            }
            if isAvailable == true { backoff.reset() }
            let pause = backoff.next()
            nextTry = time.monotonic + pause
            do { try await time.sleep(for: pause) } catch { return }
            nextTry = nil
        }
    }

    private func lookSlowly() async {
        while true {
            do { try await time.sleep(for: Self.slowLook) } catch { return }
            await registry.wakeAll()
        }
    }

    private func take(_ event: ContainerEvent) async {
        lastEvent = max(lastEvent ?? event.time, event.time)
        await registry.wake(container: event.container, labels: event.labels)
    }

    // MARK: - Availability, told on change only (S-28)

    private func engineAnswers() async {
        failures = 0
        guard isAvailable != true else { return }
        if isAvailable == false { logger.notice("the container engine answers again") }
        isAvailable = true
        await available.open()
        await registry.engineIsBack()
    }

    private func engineFailed(_ error: EngineError) {
        guard isAvailable != false, error.code == .unavailable || error.code == .timedOut else { return }
        logger.warning("the container engine does not answer", metadata: ["error": "\(error)"])
        if isAvailable == true { available = Gate() }
        isAvailable = false
    }
}

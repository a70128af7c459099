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
    /// An event stream that stood so long was none that breaks at once.
    private static let steadyPeriod: Duration = .seconds(10)

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
    /// Why the events could not be followed, as it was said last.
    private var eventFailure: EngineError?

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
            if await isReachable(), await follow() >= Self.steadyPeriod { backoff.reset() }
            let pause = backoff.next()
            nextTry = time.monotonic + pause
            do { try await time.sleep(for: pause) } catch { return }
            nextTry = nil
        }
    }

    private func isReachable() async -> Bool {
        do throws(EngineError) {
            try await feed.ping()
        } catch {
            if !Task.isCancelled {
                failures += 1
                engineFailed(error)
            }
            return false
        }
        await engineAnswers()
        return true
    }

    /// Follows the events until they end, and tells how long that was. A stream that ends by itself is subscribed again
    /// with the same care as one that broke.
    private func follow() async -> Duration {
        let start = time.monotonic
        do throws(EngineError) {
            try await feed.watch(since: firstWanted) {
                await self.registry.wakeAll()
            } onEvent: { event in
                await self.take(event)
            }
            logger.debug("the engine's event stream has ended")
            eventFailure = nil
        } catch {
            if !Task.isCancelled { eventsFailed(error) }
        }
        return time.monotonic - start
    }

    /// A stamp from before the clock was set back would ask for events of the future.
    private var firstWanted: WallTime? { lastEvent.flatMap { $0 <= time.wall ? $0 : nil } }

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

    /// Whatever the engine says to a ping that is no consent: it cannot be worked with.
    private func engineFailed(_ error: EngineError) {
        guard isAvailable != false else { return }
        logger.warning("the container engine does not answer", metadata: ["error": "\(error)"])
        if isAvailable == true { available = Gate() }
        isAvailable = false
    }

    /// Said once per reason: without events apps are looked at once a minute.
    private func eventsFailed(_ error: EngineError) {
        switch error.code {
        case .unavailable, .timedOut: engineFailed(error)
        // The engine was stopped, or is about to be asked again.
        case .truncated: break
        default:
            guard error != eventFailure else { return }
            logger.warning(
                "the engine's events cannot be followed; apps are looked at once a minute",
                metadata: ["error": "\(error)"])
            eventFailure = error
        }
    }
}

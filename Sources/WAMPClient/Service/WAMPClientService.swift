public import AsyncSupport
public import Logging
public import Values
public import WAMP

/// Keeps a session up: reconnects for ever, and restores registrations and subscriptions on every connect.
///
/// Run ``run()`` in a task of its own. What is registered and subscribed here is durable; it is restored before
/// ``withSession(_:)`` is let in and before ``states`` says `joined`.
public actor WAMPClientService {
    /// What happens to the link.
    public enum State: Sendable, Hashable {
        /// Joined, and everything durable is in place.
        case joined(session: UInt64)
        /// Not joined; the next try comes after that pause.
        case waiting(WAMPError, Duration)
    }

    private struct DurableRegistration: Sendable {
        let procedure: String
        let options: Object
        let handler: @Sendable (Invocation) async throws -> Reply
    }

    private struct DurableSubscription: Sendable {
        let topic: String
        let options: Object
        let handler: @Sendable (Event) async -> Void
    }

    /// The changes of the link, for one consumer; the latest 64 are kept.
    public nonisolated let states = BoundedChannel<State>(capacity: 64, overflow: .dropOldest)

    private let configuration: WAMPClientConfiguration
    private let time: any TimeSource
    private let logger: Logger
    private var schedule: ReconnectSchedule
    private var registrations: [DurableRegistration] = []
    private var subscriptions: [DurableSubscription] = []
    private var joined: WAMPSession?
    private var waiting: [UInt64: BoundedChannel<WAMPSession>] = [:]
    private var hasEnded = false
    private var nextWaiter: UInt64 = 0

    public init(
        configuration: WAMPClientConfiguration, schedule: ReconnectSchedule = ReconnectSchedule(),
        time: any TimeSource = SystemTime(), logger: Logger
    ) {
        self.configuration = configuration
        self.schedule = schedule
        self.time = time
        self.logger = logger
    }

    // MARK: - What is wanted

    /// Serves a procedure in every session from the next one on; declare before ``run()``.
    public func register(
        _ procedure: String, options: Object = [:], _ handler: @escaping @Sendable (Invocation) async throws -> Reply
    ) {
        registrations.append(DurableRegistration(procedure: procedure, options: options, handler: handler))
    }

    /// Handles the events of a topic in every session from the next one on, one after the other; declare before
    /// ``run()``.
    public func subscribe(
        _ topic: String, options: Object = [:], _ handler: @escaping @Sendable (Event) async -> Void
    ) {
        subscriptions.append(DurableSubscription(topic: topic, options: options, handler: handler))
    }

    /// Waits until there is a session and runs the body with it.
    ///
    /// The session may end while the body runs; its operations then fail with `sessionLost`.
    /// - Throws: `WAMPError` with code `canceled` when the waiting task is cancelled or the service has ended; else
    ///   what the body throws.
    public nonisolated func withSession<R>(_ body: (WAMPSession) async throws -> R) async throws -> R {
        try await body(try await session())
    }

    // MARK: - Running

    /// Connects and reconnects until the task is cancelled; says GOODBYE then.
    public func run() async {
        defer {
            states.finish()
            hasEnded = true
            for arrival in waiting.values { arrival.finish() }
        }
        while !Task.isCancelled {
            let failure: WAMPError
            var outcome = ReconnectSchedule.Outcome.failed
            do throws(WAMPError) {
                let session = try await WAMPClient.join(configuration, logger: logger)
                let began = time.monotonic
                let end = await serve(session)
                failure = WAMPError(.sessionLost, message: end.message)
                outcome = .lost(after: time.monotonic - began)
            } catch {
                failure = error
                if error.isPermanentRefusal { outcome = .refused }
            }
            guard !Task.isCancelled else { return }
            let pause = schedule.delay(after: outcome, at: time.monotonic)
            logger.warning("not connected", metadata: ["error": "\(failure)", "retry": "\(pause)"])
            states.send(.waiting(failure, pause))
            guard (try? await time.sleep(for: pause)) != nil else { return }
        }
    }

    /// Restores what is durable, lets the waiting in, and returns when the session is over.
    private func serve(_ session: WAMPSession) async -> SessionEnd {
        do {
            return try await WAMPClient.serve(session) { session in
                await self.restoreAndWait(session)
            }
        } catch {
            return SessionEnd(kind: .lost, reason: ErrorURI.networkFailure, message: "\(error)", wasOpen: true)
        }
    }

    private func restoreAndWait(_ session: WAMPSession) async -> SessionEnd {
        let restored: [(Subscription, @Sendable (Event) async -> Void)]
        do throws(WAMPError) {
            restored = try await restore(session)
        } catch {
            return SessionEnd(kind: .lost, reason: error.uri, message: error.message, wasOpen: true)
        }
        return await withTaskGroup(of: Void.self) { group in
            for (subscription, handler) in restored {
                group.addTask { for await event in subscription { await handler(event) } }
            }
            joined = session
            states.send(.joined(session: session.id))
            for arrival in waiting.values { arrival.send(session) }
            let end = await session.closed()
            joined = nil
            group.cancelAll()
            return end
        }
    }

    private func restore(_ session: WAMPSession) async throws(WAMPError) -> [(
        Subscription, @Sendable (Event) async -> Void
    )] {
        for wanted in registrations {
            _ = try await session.register(wanted.procedure, options: wanted.options, wanted.handler)
        }
        var restored: [(Subscription, @Sendable (Event) async -> Void)] = []
        for wanted in subscriptions {
            restored.append((try await session.subscribe(wanted.topic, options: wanted.options), wanted.handler))
        }
        return restored
    }

    // MARK: - Waiting for a session

    private func session() async throws(WAMPError) -> WAMPSession {
        if let joined { return joined }
        guard !hasEnded else { throw WAMPError(.notConnected, message: "The connection service has ended.") }
        let number = nextWaiter
        nextWaiter += 1
        let arrival = BoundedChannel<WAMPSession>(capacity: 1, overflow: .dropNewest)
        waiting[number] = arrival
        defer { waiting[number] = nil }
        guard let session = await arrival.next() else {
            throw WAMPError(.canceled, message: "Waiting for a session was cancelled.")
        }
        return session
    }
}

extension WAMPError {
    /// True when trying again as before is useless (wamp-protocol.md 10).
    public var isPermanentRefusal: Bool {
        code == .aborted && SessionEnd(kind: .aborted, reason: uri, message: message, wasOpen: false).isPermanent
    }
}

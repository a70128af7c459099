public import AsyncSupport
import DeviceProtocol
public import Logging
public import Values

/// Sends state reports to the backend, in order, and keeps the latest of each app until it has arrived (P19, P58).
///
/// A report is written to the store in the transaction of its state, before it comes here; the outbox only confirms what
/// was delivered.
public actor Outbox {
    private static let retryPolicy = Backoff.Policy(initial: .seconds(2), maximum: .seconds(60))

    private let store: any ReportStore
    private let device: any DeviceContextSource
    private let time: any TimeSource
    private let logger: Logger
    private let work = WakeSignal()

    private var queue = OutboxQueue()
    private var backend: (any Backend)?
    private var backoffs: [AppID: Backoff] = [:]
    /// Number of the session, so that a call of an earlier one that fails late holds nothing back.
    private var session: UInt64 = 0
    /// Waiters for the end of a round of delivery, with the apps that they still wait for.
    private var rounds: [Round] = []

    private struct Round {
        var missing: Set<AppID>
        var done: Gate
    }

    public init(
        store: any ReportStore, device: any DeviceContextSource, time: any TimeSource, logger: Logger
    ) {
        self.store = store
        self.device = device
        self.time = time
        self.logger = logger
    }

    /// Reads what an earlier process could not deliver. To be called once, before the first report is made.
    public func restore() async throws(StoreError) {
        queue.restore(try await store.pendingReports())
        await work.wake()
    }

    /// The report of an app's present state, with the next sequence number.
    public func report(of app: InstalledApp) -> Report { Report(of: app, sequence: queue.nextSequence()) }

    /// Takes a report that is stored already; never waits for the backend.
    public func publish(_ report: Report) async {
        queue.add(report)
        await work.wake()
    }

    /// There is a session: what waits goes out, also what was held back after a failure, and from now on every state
    /// in order. May be said again in the same session, to try at once what was held back.
    public func joined(_ backend: any Backend) async {
        self.backend = backend
        session += 1
        backoffs = [:]
        queue.open()
        await work.wake()
    }

    /// The session is over: only the latest state of each app is kept from now on.
    public func left() async {
        backend = nil
        queue.close()
        for round in rounds { await round.done.open() }
        rounds = []
    }

    /// Waits until each of the reports that wait now was delivered or has failed once.
    /// - Returns: their apps; corrections skip them (architecture, Outbox).
    public func deliverPending() async -> Set<AppID> {
        let apps = queue.apps
        guard queue.isOpen, !apps.isEmpty else { return [] }
        let done = Gate()
        rounds.append(Round(missing: apps, done: done))
        try? await done.wait()
        return apps
    }

    /// What waits to be reported.
    public var diagnostics: Value {
        [
            "open": .bool(queue.isOpen), "reports": .count(queue.length), "apps": .count(queue.apps.count),
            "sending": .count(queue.sending), "held_back": .count(queue.heldBack), "waiters": .count(rounds.count),
        ]
    }

    /// Sends until it is cancelled; one call under way per app.
    public func run() async {
        await withDiscardingTaskGroup { group in
            repeat {
                for app in queue.begin() { group.addTask { await self.send(app) } }
            } while await isWoken()
            group.cancelAll()
        }
    }

    private func isWoken() async -> Bool { (try? await work.next()) != nil }

    private func send(_ app: AppID) async {
        while let backend, let report = queue.head(of: app) {
            let session = session
            guard await deliver(report, to: backend) else {
                if session != self.session { continue }
                return await holdBack(report)
            }
            queue.delivered(report)
            backoffs[app] = nil
            await confirm(report)
            if !queue.apps.contains(app) { await finishRounds(of: app) }
        }
    }

    private func holdBack(_ report: Report) async {
        let hold = queue.failed(report)
        await finishRounds(of: report.app)
        let delay = backoffs[report.app, default: Backoff(policy: Self.retryPolicy)].next()
        do { try await time.sleep(for: delay) } catch { return }
        queue.release(report.app, hold: hold)
        await work.wake()
    }

    private func deliver(_ report: Report, to backend: any Backend) async -> Bool {
        let payload = report.payload(from: device.context).object
        do throws(BackendError) {
            _ = try await backend.call(BackendProcedure.updateAppOnDevice, [.object(payload)])
            return true
        } catch {
            logger.warning(
                "state not reported",
                metadata: ["app": "\(report.app)", "state": "\(report.state)", "error": "\(error)"])
            return false
        }
    }

    private func confirm(_ report: Report) async {
        do throws(StoreError) { try await store.confirm(report) } catch {
            // It will be reported once more, which does no harm.
            logger.warning("delivered report not confirmed", metadata: ["app": "\(report.app)", "error": "\(error)"])
        }
    }

    private func finishRounds(of app: AppID) async {
        for index in rounds.indices { rounds[index].missing.remove(app) }
        let finished = rounds.filter { $0.missing.isEmpty }
        rounds.removeAll { $0.missing.isEmpty }
        for round in finished { await round.done.open() }
    }
}

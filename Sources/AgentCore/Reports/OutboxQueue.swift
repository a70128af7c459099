import DeviceProtocol

/// Which report of which app goes out next: the rule of the outbox, without any sending.
///
/// While it is open, every published state is kept and goes out in order, one at a time per app. While it is closed, and
/// after a failed call, only the latest state of an app is kept.
struct OutboxQueue: Sendable {
    private var waiting: [AppID: [Report]] = [:]
    private var inFlight: Set<AppID> = []
    /// Apps whose last call failed and that wait for their next attempt, with the number of their wait.
    private var held: [AppID: UInt64] = [:]
    private var lastHold: UInt64 = 0
    /// The release whose update the backend has confirmed, per app: later reports say `completed` (2.10).
    private var confirmed: [AppID: UInt64] = [:]
    private(set) var isOpen = false
    private(set) var lastSequence: UInt64 = 0

    var apps: Set<AppID> { Set(waiting.keys) }

    /// Reports that wait.
    var length: Int { waiting.values.reduce(0) { $0 + $1.count } }
    /// Apps with a call under way.
    var sending: Int { inFlight.count }
    /// Apps that wait after a failed call.
    var heldBack: Int { held.count }

    mutating func nextSequence() -> UInt64 {
        lastSequence += 1
        return lastSequence
    }

    /// Takes up what an earlier process could not deliver.
    mutating func restore(_ reports: [Report]) {
        for report in reports {
            lastSequence = max(lastSequence, report.sequence)
            if waiting[report.app] == nil { waiting[report.app] = [report] }
        }
    }

    mutating func add(_ report: Report) {
        waiting[report.app] = (isOpen ? waiting[report.app] ?? [] : []) + [report]
    }

    /// A new session: what was held back is tried at once.
    mutating func open() {
        isOpen = true
        held = [:]
    }

    mutating func close() {
        isOpen = false
        for app in Array(waiting.keys) { keepLatest(of: app) }
    }

    /// Apps that have something to send and nothing under way; they count as under way from now on.
    mutating func begin() -> [AppID] {
        guard isOpen else { return [] }
        let apps = waiting.keys.filter { !inFlight.contains($0) && held[$0] == nil }.sorted()
        inFlight.formUnion(apps)
        return apps
    }

    /// The report to send now for an app that is under way; nil ends it.
    mutating func head(of app: AppID) -> Report? {
        guard isOpen, var report = waiting[app]?.first else {
            inFlight.remove(app)
            return nil
        }
        if report.updateStatus == .pendingRemoteConfirmation, confirmed[app] == report.releaseKey {
            report.updateStatus = .completed
        }
        return report
    }

    mutating func delivered(_ report: Report) {
        if report.updateStatus == .pendingRemoteConfirmation { confirmed[report.app] = report.releaseKey }
        // A newer report may have taken its place while the outbox was closed.
        guard waiting[report.app]?.first?.sequence == report.sequence else { return }
        waiting[report.app]?.removeFirst()
        if waiting[report.app]?.isEmpty == true { waiting[report.app] = nil }
    }

    /// The call failed: only the latest report stays, and waits for ``release(_:hold:)``.
    /// - Returns: the number of the wait.
    mutating func failed(_ report: Report) -> UInt64 {
        keepLatest(of: report.app)
        inFlight.remove(report.app)
        lastHold += 1
        held[report.app] = lastHold
        return lastHold
    }

    /// Ends a wait, unless a new session has ended it before; a later wait is not cut short.
    mutating func release(_ app: AppID, hold: UInt64) {
        if held[app] == hold { held[app] = nil }
    }

    private mutating func keepLatest(of app: AppID) {
        guard let latest = waiting[app]?.last else { return }
        waiting[app] = [latest]
    }
}

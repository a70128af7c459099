public import AgentCore
public import DeviceProtocol
import Synchronization

/// The app tables and the report store in memory, with the semantics of app-lifecycle.md 1.6.
public final class ModelStore: AppStore, ReportStore {
    private struct State {
        var apps: [AppID: StoredApp] = [:]
        var pending: [AppID: Report] = [:]
        var recorded: [AppState] = []
        var reported: [AppState] = []
        var errors: [StoreError] = []
        var readError: StoreError?
    }

    private let state = Mutex(State())

    public init(_ apps: [StoredApp] = []) {
        state.withLock { $0.apps = Dictionary(uniqueKeysWithValues: apps.map { ($0.installed.id, $0) }) }
    }

    /// The rows.
    public var apps: [AppID: StoredApp] { state.withLock { $0.apps } }

    /// Reports that are not confirmed.
    public var pending: [AppID: Report] { state.withLock { $0.pending } }

    /// Every state that was written, in order.
    public var recorded: [AppState] { state.withLock { $0.recorded } }

    /// The states of them that go upstream, in order.
    public var reported: [AppState] { state.withLock { $0.reported } }

    /// Lets the next writes fail, one error each.
    public func inject(_ error: StoreError, times: Int = 1) {
        state.withLock { $0.errors += Array(repeating: error, count: times) }
    }

    /// Writes succeed again.
    public func forgetErrors() { state.withLock { $0.errors = [] } }

    /// Puts a report there that an earlier process could not deliver.
    public func place(_ report: Report) { state.withLock { $0.pending[report.app] = report } }

    /// While there is an error, nothing can be read.
    public func failReading(with error: StoreError?) { state.withLock { $0.readError = error } }

    public func loadApps() async throws(StoreError) -> [StoredApp] {
        if let error = state.withLock({ $0.readError }) { throw error }
        return state.withLock { $0.apps.values.sorted { $0.installed.id < $1.installed.id } }
    }

    public func store(_ wanted: WantedApp, installed: InstalledApp) async throws(StoreError) {
        try write { state in
            state.apps[wanted.id, default: StoredApp(installed: installed, wanted: nil)].wanted = wanted
        }
    }

    public func record(_ app: InstalledApp, report: Report?) async throws(StoreError) -> String {
        try write { state in
            state.recorded.append(app.state)
            if let report {
                state.pending[app.id] = report
                state.reported.append(report.state)
            }
            let isNew = state.apps[app.id]?.installed != app
            state.apps[app.id, default: StoredApp(installed: app, wanted: nil)].installed = app
            // Only the columns that a state changes (P11).
            state.apps[app.id]?.wanted?.currentState = app.state
            return isNew ? "2026-01-02T03:04:05Z" : ""
        }
    }

    public func forget(_ id: AppID, report: Report?) async throws(StoreError) {
        try write { state in
            if let report {
                state.recorded.append(report.state)
                state.reported.append(report.state)
                state.pending[id] = report
            }
            state.apps[id] = nil
        }
    }

    public func pendingReports() async throws(StoreError) -> [Report] {
        state.withLock { $0.pending.values.sorted { $0.sequence < $1.sequence } }
    }

    public func confirm(_ report: Report) async throws(StoreError) {
        try write { state in
            if state.pending[report.app]?.sequence == report.sequence { state.pending[report.app] = nil }
        }
    }

    private func write<T: Sendable>(_ body: (inout State) -> T) throws(StoreError) -> T {
        let result: Result<T, StoreError> = state.withLock { state in
            guard state.errors.isEmpty else { return .failure(state.errors.removeFirst()) }
            return .success(body(&state))
        }
        return try result.get()
    }
}

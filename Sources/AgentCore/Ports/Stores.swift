/// A database that could not do what it was asked: one sentence, no secrets.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    public var message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}

/// The app tables (app-lifecycle.md 1.6, 1.7). One writer; every call is one transaction.
public protocol AppStore: Sendable {
    /// Everything known at start, rows of one app joined.
    func loadApps() async throws(StoreError) -> [StoredApp]

    /// Upserts the wanted row. `version` and `timestamp` are set on insert only, an owner key of 0 never overwrites
    /// (T54), the credential epoch is never lowered (P10). Inserts the `AppStates` row when there is none.
    func store(_ wanted: WantedApp, installed: InstalledApp) async throws(StoreError)

    /// Writes a reached state: history, `AppStates`, the changed columns of the wanted row (P11) and the outbox entry,
    /// together. Returns the time stamp, empty when nothing changed (T54).
    func record(_ app: InstalledApp, report: Report?) async throws(StoreError) -> String

    /// Deletes both rows and the logs of an app; deleting nothing is fine. The outbox entry, if any, stays.
    func forget(_ id: AppID, report: Report?) async throws(StoreError)
}

/// Both rows of one app.
public struct StoredApp: Sendable, Equatable {
    public var installed: InstalledApp
    public var wanted: WantedApp?

    public init(installed: InstalledApp, wanted: WantedApp?) {
        self.installed = installed
        self.wanted = wanted
    }
}

/// Reports that the backend has not confirmed yet: at most one per app and stage, the latest (architecture, Outbox).
public protocol ReportStore: Sendable {
    func pendingReports() async throws(StoreError) -> [Report]

    /// Forgets a report that was delivered, if it is still the latest of its app.
    func confirm(_ report: Report) async throws(StoreError)
}

/// Log lines that outlive the process: the `LogHistory` table (containers-logs-terminal.md 3.7).
public protocol LogStore: Sendable {
    /// Replaces the stored lines of an app.
    func storeLog(_ lines: [String], of id: AppID, name: String) async throws(StoreError)

    /// The stored lines; nil when there is no row.
    func loadLog(of id: AppID) async throws(StoreError) -> [String]?
}

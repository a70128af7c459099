public import AgentCore
import SQLite

extension SQLiteAgentStore {
    public func loadApps() async throws(StoreError) -> [StoredApp] { try await scan().apps }

    /// The rows that the other functions skip: of unknown state, stage or status, with broken JSON, with negative keys.
    public func unreadableRows() async throws(StoreError) -> [UnreadableRow] { try await scan().unreadable }

    private func scan() async throws(StoreError) -> Scan {
        let tables = try await read { connection throws(SQLiteError) in
            // Newest first: of several rows of one app, left by renames of older agents (P27), the newest counts.
            try ["AppStates", "RequestedAppStates", "ReagentReports", "LogHistory"].map { table throws(SQLiteError) in
                try connection.query("SELECT rowid AS row_id, * FROM \(table) ORDER BY rowid DESC")
            }
        }
        var scan = Scan()
        var installed: [AppID: InstalledApp] = [:]
        var wanted: [AppID: WantedApp] = [:]
        for row in tables[0] {
            scan.decode(row, of: "AppStates") { row throws(RowProblem) in
                let app = try InstalledApp(row: row)
                if installed[app.id] == nil { installed[app.id] = app }
            }
        }
        for row in tables[1] {
            scan.decode(row, of: "RequestedAppStates") { row throws(RowProblem) in
                let app = try WantedApp(row: row)
                if wanted[app.id] == nil { wanted[app.id] = app }
            }
        }
        for row in tables[2] {
            scan.decode(row, of: "ReagentReports") { row throws(RowProblem) in _ = try Report(row: row) }
        }
        for row in tables[3] {
            scan.decode(row, of: "LogHistory") { row throws(RowProblem) in _ = try decodeLog(row) }
        }
        for id in Set(installed.keys).union(wanted.keys).sorted() {
            guard let wantedApp = wanted[id] else {
                if let app = installed[id] { scan.apps.append(StoredApp(installed: app, wanted: nil)) }
                continue
            }
            var app = installed[id] ?? InstalledApp(creating: wantedApp)
            app.adopt(wantedApp)
            scan.apps.append(StoredApp(installed: app, wanted: wantedApp))
        }
        return scan
    }
}

/// What one look at all tables gave.
private struct Scan {
    var apps: [StoredApp] = []
    var unreadable: [UnreadableRow] = []

    mutating func decode(
        _ row: Row, of table: String, _ body: (Row) throws(RowProblem) -> Void
    ) {
        do throws(RowProblem) {
            try body(row)
        } catch {
            let id = (try? row.integer("row_id")) ?? 0
            unreadable.append(UnreadableRow(table: table, id: id, reason: error.reason))
        }
    }
}

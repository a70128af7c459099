public import AgentCore
import SQLite
import Values

extension SQLiteAgentStore: LogStore {
    /// The `APP` row is written, then every row of the app gets the same lines (containers-logs-terminal.md 3.7).
    public func storeLog(_ lines: [String], of id: AppID, name: String) async throws(StoreError) {
        let key = try id.bindings()
        let log = try SQLiteValue.json(.array(lines.map(Value.string)), "log")
        // The name as containers have it (app-lifecycle.md 1.6, LogHistory).
        let name = SQLiteValue.text(name.lowercased())
        try await write { connection throws(SQLiteError) in
            try connection.execute(
                "DELETE FROM LogHistory WHERE app_key = ?1 AND stage = ?2 AND log_type = 'APP' AND id < "
                    + "(SELECT MAX(id) FROM LogHistory WHERE app_key = ?1 AND stage = ?2 AND log_type = 'APP')", key)
            try connection.execute(
                "UPDATE LogHistory SET app_name = ?, log = ? WHERE app_key = ? AND stage = ? AND log_type = 'APP'",
                [name, log] + key)
            if connection.changes == 0 {
                try connection.execute(
                    "INSERT INTO LogHistory (app_name, log, app_key, stage, log_type) VALUES (?, ?, ?, ?, 'APP')",
                    [name, log] + key)
            }
            try connection.execute("UPDATE LogHistory SET log = ? WHERE app_key = ? AND stage = ?", [log] + key)
        }
    }

    public func loadLog(of id: AppID) async throws(StoreError) -> [String]? {
        let key = try id.bindings()
        let rows = try await read { connection throws(SQLiteError) in
            try connection.query(
                "SELECT log FROM LogHistory WHERE app_key = ? AND stage = ? AND log_type = 'APP' ORDER BY id DESC",
                key)
        }
        return rows.lazy.compactMap { row in try? decodeLog(row) }.first
    }
}

func decodeLog(_ row: Row) throws(RowProblem) -> [String] {
    let value = try RowReader(row: row).json("log")
    // `null` is what the reference writes for no lines at all.
    if value.isNull { return [] }
    guard let lines = value.array?.compactMap(\.string), lines.count == value.array?.count else {
        throw RowProblem(reason: "log is no list of texts")
    }
    return lines
}

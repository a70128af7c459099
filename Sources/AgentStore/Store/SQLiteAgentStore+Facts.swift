public import AgentCore
import SQLite

extension SQLiteAgentStore {
    /// A single remembered value, for example the platform's base URL (P60); nil when there is none.
    public func fact(_ name: String) async throws(StoreError) -> String? {
        try await read { connection throws(SQLiteError) in
            try connection.query("SELECT value FROM ReagentFacts WHERE name = ?", [.text(name)]).first?.text("value")
        }
    }

    /// Remembers a value, or forgets it for nil.
    public func setFact(_ name: String, to value: String?) async throws(StoreError) {
        try await write { connection throws(SQLiteError) in
            guard let value else {
                try connection.execute("DELETE FROM ReagentFacts WHERE name = ?", [.text(name)])
                return
            }
            try connection.execute(
                "INSERT INTO ReagentFacts (name, value) VALUES (?, ?) "
                    + "ON CONFLICT (name) DO UPDATE SET value = excluded.value", [.text(name), .text(value)])
        }
    }
}

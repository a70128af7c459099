import AsyncSupport
import SQLite

/// Brings a database of any age to the present tables.
enum Schema {
    /// The newest shape that this agent understands. No agent has ever written a number; one that has to change what
    /// the tables mean will.
    static let version: Int64 = 1

    /// Whether the file is whole, of no newer agent, and has every table and column that is read: what can be found out
    /// on a disk that takes no writes.
    static func check(on connection: Connection) throws(SQLiteError) {
        try inspect(connection)
        for table in ["AppStates", "LogHistory", "ReagentReports", "ReagentFacts"] {
            try connection.execute("SELECT * FROM \(table) LIMIT 0")
        }
        try connection.execute(
            "SELECT device_owner_account_key, docker_compose, environment_template, new_docker_compose, ports, image, "
                + "app_cred_epoch, instance_key, privileges FROM RequestedAppStates LIMIT 0")
    }

    private static func inspect(_ connection: Connection) throws(SQLiteError) {
        let found = try connection.query("PRAGMA user_version").first?.integer("user_version") ?? 0
        guard found <= version else {
            throw SQLiteError(
                .newerSchema, "the database has schema \(found), this program knows only \(version)")
        }
        let result = try connection.query("PRAGMA quick_check(1)").first?.values.first
        guard result == .text("ok") else {
            throw SQLiteError(.corrupt, "the database is damaged: \(result.map { "\($0)" } ?? "no answer")")
        }
    }

    /// Runs all scripts in one transaction of the caller. An error other than "the column is there already" fails the
    /// start: the tables would lack a column that every later statement names.
    static func apply(on connection: Connection, now: WallTime) throws(SQLiteError) {
        try inspect(connection)
        try connection.executeScript(ReferenceSchema.base)
        try connection.execute(ReferenceSchema.seed, [.text(String(now.seconds))])
        for script in ReferenceSchema.addedColumns + OwnSchema.addedColumns {
            try addColumn(script, on: connection)
        }
        try connection.executeScript(OwnSchema.tables)
    }

    private static func addColumn(_ script: String, on connection: Connection) throws(SQLiteError) {
        do throws(SQLiteError) {
            try connection.execute(script)
        } catch  where error.message.contains("duplicate column") {
            // The reference's rule: the script has run before.
        }
    }
}

import AsyncSupport
import SQLite

/// Brings a database of any age to the present tables.
enum Schema {
    /// Runs all scripts in one transaction of the caller. An error other than "the column is there already" fails the
    /// start: the tables would lack a column that every later statement names.
    static func apply(on connection: Connection, now: WallTime) throws(SQLiteError) {
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

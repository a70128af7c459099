/// One step of a schema. Steps are only ever appended; the number of the last one that ran is the file's
/// `user_version`.
public struct Migration: Sendable {
    /// For error messages.
    public var name: String
    private let body: @Sendable (Connection) throws(SQLiteError) -> Void

    public init(_ name: String, _ body: @escaping @Sendable (Connection) throws(SQLiteError) -> Void) {
        self.name = name
        self.body = body
    }

    /// A step that is a script of SQL statements.
    public init(_ name: String, sql: String) {
        self.init(name) { (connection) throws(SQLiteError) in try connection.executeScript(sql) }
    }

    /// Runs the steps that the file has not seen, each with its number in one transaction.
    /// - Throws: ``SQLiteError/Code/newerSchema`` for a file that knows more steps than we do.
    static func run(_ migrations: [Migration], on connection: Connection) throws(SQLiteError) {
        guard !migrations.isEmpty else { return }
        let done = try connection.query("PRAGMA user_version").first?.integer("user_version") ?? 0
        guard done <= migrations.count else {
            throw SQLiteError(
                .newerSchema, "the database has schema \(done), this program knows only \(migrations.count)")
        }
        for (index, migration) in migrations.enumerated() where index >= done {
            try connection.transaction(.immediate) { (connection) throws(SQLiteError) in
                do throws(SQLiteError) {
                    try migration.body(connection)
                } catch {
                    throw SQLiteError(
                        error.code, extendedCode: error.extendedCode, "migration \(migration.name): \(error.message)")
                }
                try connection.execute("PRAGMA user_version = \(index + 1)")
            }
        }
    }
}

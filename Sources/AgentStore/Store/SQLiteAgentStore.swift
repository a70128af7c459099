public import AgentCore
public import AsyncSupport
import SQLite

/// The agent's database: the reference's tables in the reference's file, with an outbox beside them
/// (app-lifecycle.md 1.6 to 1.8).
///
/// Every call is one transaction on the database's own thread. An app is found by key and stage; its name is an
/// attribute, so a renamed app keeps its rows (P27).
public struct SQLiteAgentStore: Sendable {
    let database: Database
    let time: any TimeSource

    /// Opens or creates the file and brings the tables of any older agent up to date.
    /// - Throws: when the file cannot be opened, is no database or is damaged. It is left as it is.
    public init(path: String, time: any TimeSource = SystemTime()) async throws(StoreError) {
        self.init(openingLater: path, time: time)
        let database = database
        do {
            try await translatingErrors { () async throws(SQLiteError) in try await database.open() }
        } catch {
            await database.close()
            throw error
        }
    }

    init(openingLater path: String, time: any TimeSource) {
        self.time = time
        let now = time.wall
        database = Database(
            openingLater: path,
            preparation: Preparation(
                apply: { connection throws(SQLiteError) in try Schema.apply(on: connection, now: now) },
                check: { connection throws(SQLiteError) in try Schema.check(on: connection) }),
            configuration: .init(threadName: "agent-store"))
    }

    /// Closes the file; later calls throw.
    public func close() async { await database.close() }
}

/// Translates the library's errors into the domain's; the one place that does.
func translatingErrors<T>(_ body: () async throws(SQLiteError) -> T) async throws(StoreError) -> T {
    do throws(SQLiteError) {
        return try await body()
    } catch {
        let sentence =
            switch error.code {
            case .full: "the disk is full, the database takes nothing until there is space again"
            case .readOnly: "the database can only be read, its file or file system is write-protected"
            case .inputOutput: "the disk of the database fails"
            case .corrupt, .notADatabase: "the database is damaged"
            case .newerSchema: "the database was made by a newer agent"
            default: "the database failed"
            }
        throw StoreError("\(sentence): \(error)")
    }
}

extension SQLiteAgentStore {
    func read<T: Sendable>(_ body: @Sendable (Connection) throws(SQLiteError) -> T) async throws(StoreError) -> T {
        try await translatingErrors { () async throws(SQLiteError) in try await database.read(body) }
    }

    func write<T: Sendable>(_ body: @Sendable (Connection) throws(SQLiteError) -> T) async throws(StoreError) -> T {
        try await translatingErrors { () async throws(SQLiteError) in try await database.write(body) }
    }
}

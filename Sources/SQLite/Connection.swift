import CSQLite

/// The open database as a transaction sees it. It lives on the thread of its ``Database`` and cannot leave it.
public final class Connection {
    private var handle: OpaquePointer?
    /// Refuse statements that write: a read transaction is for reading.
    private var isReading = false

    convenience init(path: String) throws(SQLiteError) {
        try self.init(name: path, path: path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    }

    /// A file that nobody writes: SQLite then needs no locks, no log and no index beside it.
    convenience init(immutable path: String) throws(SQLiteError) {
        let escaped = path.reduce(into: "") { $0 += ["%", "?", "#"].contains($1) ? Self.escape($1) : String($1) }
        try self.init(
            name: "file:\(escaped)?immutable=1", path: path, flags: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
    }

    private static func escape(_ character: Character) -> String {
        switch character {
        case "%": "%25"
        case "?": "%3f"
        default: "%23"
        }
    }

    private init(name: String, path: String, flags: Int32) throws(SQLiteError) {
        var opened: OpaquePointer?
        let result = sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard result == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw SQLiteError(result: result, message: "cannot open \(path): \(message)")
        }
        sqlite3_extended_result_codes(opened, 1)
        handle = opened
    }

    deinit { sqlite3_close_v2(handle) }

    func close() {
        sqlite3_close_v2(handle)
        handle = nil
    }

    /// How long a statement waits for a lock of another connection.
    func setBusyTimeout(milliseconds: Int32) throws(SQLiteError) {
        sqlite3_busy_timeout(try open(), milliseconds)
    }

    static func error(_ result: Int32, on database: OpaquePointer) -> SQLiteError {
        SQLiteError(result: result, message: String(cString: sqlite3_errmsg(database)))
    }

    private func open() throws(SQLiteError) -> OpaquePointer {
        guard let handle else { throw SQLiteError(.closed, "the database is closed") }
        return handle
    }
}

// MARK: - Statements

extension Connection {
    /// Runs one statement and drops its rows.
    public func execute(_ sql: String, _ bindings: [SQLiteValue] = []) throws(SQLiteError) {
        _ = try query(sql, bindings)
    }

    /// Runs one statement and returns its rows.
    public func query(_ sql: String, _ bindings: [SQLiteValue] = []) throws(SQLiteError) -> [Row] {
        let database = try open()
        let text = Array(sql.utf8CString)
        var position = 0
        guard let statement = try Statement.prepare(text, at: &position, on: database) else {
            throw SQLiteError(.sql, "there is no statement in the text")
        }
        // A second statement would be dropped without a word.
        if (try Statement.prepare(text, at: &position, on: database)) != nil {
            throw SQLiteError(.sql, "there is more than one statement in the text")
        }
        guard !isReading || statement.isReadOnly else {
            throw SQLiteError(.readOnly, "a read transaction cannot write")
        }
        try statement.bind(bindings)
        return try statement.run()
    }

    /// Runs all statements of a script in order; those before a failing one stay done unless the transaction is rolled
    /// back.
    public func executeScript(_ sql: String) throws(SQLiteError) {
        let database = try open()
        let text = Array(sql.utf8CString)
        var position = 0
        while position < text.count - 1 {
            let start = position
            if let statement = try Statement.prepare(text, at: &position, on: database) { _ = try statement.run() }
            guard position > start else { return }
        }
    }

    /// Rows that the last INSERT, UPDATE or DELETE changed.
    public var changes: Int64 { handle.map { sqlite3_changes64($0) } ?? 0 }

    /// `rowid` of the last inserted row.
    public var lastInsertID: Int64 { handle.map { sqlite3_last_insert_rowid($0) } ?? 0 }
}

// MARK: - Transactions

extension Connection {
    enum TransactionKind: String {
        case deferred = "BEGIN DEFERRED"
        case immediate = "BEGIN IMMEDIATE"
    }

    /// Runs the body between BEGIN and COMMIT; rolls back when the body or the COMMIT fails.
    func transaction<T>(
        _ kind: TransactionKind, _ body: (Connection) throws(SQLiteError) -> T
    ) throws(SQLiteError) -> T {
        try execute(kind.rawValue)
        isReading = kind == .deferred
        do throws(SQLiteError) {
            let result = try body(self)
            isReading = false
            try execute("COMMIT")
            return result
        } catch {
            isReading = false
            rollBack()
            throw error
        }
    }

    /// Some errors roll back by themselves (sqlite.org/lang_transaction.html); then there is nothing left to do.
    private func rollBack() {
        guard let handle, sqlite3_get_autocommit(handle) == 0 else { return }
        sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }
}

import AsyncSupport

/// An SQLite file with one connection on a thread of its own.
///
/// An existing file of any journal mode is taken over and switched to WAL. A file that cannot be opened, is no
/// database or is damaged gives an error; it is never replaced, renamed or emptied.
public actor Database {
    /// Settings of the connection.
    public struct Configuration: Sendable {
        /// How far a committed transaction is on the disk.
        public enum Synchronous: String, Sendable {
            /// It survives a power cut. The default: devices lose power, and they write little.
            case full = "FULL"
            /// It survives a crash of the process; a power cut may undo the newest ones but damages nothing.
            case normal = "NORMAL"
        }

        public var synchronous: Synchronous
        /// How long a statement waits for another process; in the reference this had no effect (P32).
        public var busyTimeout: Duration
        /// Of the thread, at most 15 bytes.
        public var threadName: String

        public init(
            synchronous: Synchronous = .full, busyTimeout: Duration = .milliseconds(2500),
            threadName: String = "database"
        ) {
            self.synchronous = synchronous
            self.busyTimeout = busyTimeout
            self.threadName = threadName
        }
    }

    private nonisolated let executor: ThreadExecutor
    private var connection: Connection?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the file, creates it if need be, and brings its schema up to date.
    public init(path: String, migrations: [Migration] = [], configuration: Configuration = Configuration())
        async throws(SQLiteError)
    {
        executor = ThreadExecutor(name: configuration.threadName)
        try open(path: path, migrations: migrations, configuration: configuration)
    }

    /// Runs the body in a read transaction: it sees one state of the database and cannot write.
    public func read<T: Sendable>(
        _ body: @Sendable (Connection) throws(SQLiteError) -> T
    ) throws(SQLiteError) -> T {
        try opened().transaction(.deferred, body)
    }

    /// Runs the body in one transaction that has the write lock from its beginning. When the body throws, nothing of
    /// it stays.
    public func write<T: Sendable>(
        _ body: @Sendable (Connection) throws(SQLiteError) -> T
    ) throws(SQLiteError) -> T {
        try opened().transaction(.immediate, body)
    }

    /// Closes the file; later calls throw ``SQLiteError/Code/closed``. Closing twice is fine.
    public func close() {
        connection?.close()
        connection = nil
    }

    private func opened() throws(SQLiteError) -> Connection {
        guard let connection else { throw SQLiteError(.closed, "the database is closed") }
        return connection
    }

    /// Where WAL is impossible, or another process reads the file just now, the old mode stays, and works.
    private static func switchToWAL(_ connection: Connection) throws(SQLiteError) {
        do throws(SQLiteError) {
            try connection.execute("PRAGMA journal_mode = WAL")
        } catch  where error.code == .busy || error.code == .locked {
            // The next start tries again.
        }
    }

    private func open(
        path: String, migrations: [Migration], configuration: Configuration
    ) throws(SQLiteError) {
        let connection = try Connection(path: path)
        let (seconds, attoseconds) = configuration.busyTimeout.components
        let milliseconds = min(max(seconds, 0), 3600) * 1000 + max(attoseconds, 0) / 1_000_000_000_000_000
        try connection.setBusyTimeout(milliseconds: Int32(truncatingIfNeeded: milliseconds))
        try Self.switchToWAL(connection)
        try connection.execute("PRAGMA synchronous = \(configuration.synchronous.rawValue)")
        try connection.execute("PRAGMA foreign_keys = ON")
        try Migration.run(migrations, on: connection)
        self.connection = connection
    }
}

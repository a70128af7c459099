import AsyncSupport

/// An SQLite file with one connection on a thread of its own.
///
/// An existing file of any journal mode is taken over and switched to WAL. A file that cannot be opened, is no
/// database or is damaged gives an error; it is never replaced, renamed or emptied. Nothing of the file is mapped into
/// memory: a disk that fails gives errors, not signals.
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
    private let file: DatabaseFile
    private var connection: Connection?
    /// The connection cannot do everything; see ``DatabaseFile/openReduced(after:)``.
    private var isReduced = false
    private var isClosed = false

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the file, creates it if need be, and brings its schema up to date.
    public init(path: String, migrations: [Migration] = [], configuration: Configuration = Configuration())
        async throws(SQLiteError)
    {
        executor = ThreadExecutor(name: configuration.threadName)
        file = DatabaseFile(path: path, migrations: migrations, preparation: nil, configuration: configuration)
        try open()
    }

    /// A file that every call opens if it is not open: what cannot be opened now, because the disk is full or cannot be
    /// written, may be opened later, and is opened for reading alone if no more is possible.
    public init(
        openingLater path: String, preparation: Preparation, configuration: Configuration = Configuration()
    ) {
        executor = ThreadExecutor(name: configuration.threadName)
        file = DatabaseFile(path: path, migrations: [], preparation: preparation, configuration: configuration)
    }

    /// Opens the file now; nothing if it is open.
    public func open() throws(SQLiteError) {
        if isClosed { throw SQLiteError(.closed, "the database is closed") }
        guard connection == nil else { return }
        do throws(SQLiteError) {
            connection = try file.open()
            isReduced = false
        } catch {
            connection = try file.openReduced(after: error)
            isReduced = true
        }
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
        do throws(SQLiteError) {
            return try opened().transaction(.immediate, body)
        } catch {
            // Opened for reading alone: the next call finds out whether that is over.
            if isReduced, error.code == .readOnly { disconnect() }
            throw error
        }
    }

    /// Closes the file; later calls throw ``SQLiteError/Code/closed``. Closing twice is fine.
    public func close() {
        disconnect()
        isClosed = true
    }

    private func disconnect() {
        connection?.close()
        connection = nil
    }

    private func opened() throws(SQLiteError) -> Connection {
        try open()
        guard let connection else { throw SQLiteError(.closed, "the database is closed") }
        return connection
    }
}

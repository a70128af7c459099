import CSQLite

/// What is done with a file whenever it is opened.
public struct Preparation: Sendable {
    public typealias Body = @Sendable (Connection) throws(SQLiteError) -> Void

    /// Brings the schema up to date, in one transaction.
    var apply: Body
    /// Finds out, without writing, whether the file can be used as it is.
    var check: Body

    public init(apply: @escaping Body, check: @escaping Body) {
        self.apply = apply
        self.check = check
    }
}

/// How a database file is opened.
struct DatabaseFile: Sendable {
    private enum Mode {
        case shared
        /// Alone, so that the index of the log needs no file of its own.
        case exclusive
        /// On a file system that nobody can write to.
        case immutable
    }

    let path: String
    let migrations: [Migration]
    let preparation: Preparation?
    let configuration: Database.Configuration

    /// The whole file, for reading and writing.
    func open() throws(SQLiteError) -> Connection {
        guard LogIndexSpace.isAvailable(beside: path) else { throw Self.noRoom }
        let connection = try connect(.shared)
        try Self.switchToWAL(connection)
        // The first look into the file makes the index; it gets its blocks before anything of ours is written.
        _ = try connection.query("SELECT COUNT(*) FROM sqlite_schema")
        guard LogIndexSpace.reserve(path) else { throw Self.noRoom }
        try connection.execute("PRAGMA synchronous = \(configuration.synchronous.rawValue)")
        try connection.execute("PRAGMA foreign_keys = ON")
        try Migration.run(migrations, on: connection)
        if let preparation { try connection.transaction(.immediate, preparation.apply) }
        return connection
    }

    /// After the disk did not allow it: what reading alone needs, and writing again as soon as the disk allows that.
    func openReduced(after error: SQLiteError) throws(SQLiteError) -> Connection {
        guard let preparation, error.isOfDisk else { throw error }
        for mode in [Mode.exclusive, .immutable] {
            if mode == .immutable, hasLog { continue }
            do throws(SQLiteError) {
                let connection = try connect(mode)
                if mode == .exclusive {
                    try connection.execute("PRAGMA synchronous = \(configuration.synchronous.rawValue)")
                }
                try connection.transaction(.deferred, preparation.check)
                return connection
            } catch {
                // A file that turns out to be damaged is no matter of the disk.
                if !error.isOfDisk { throw error }
            }
        }
        throw error
    }

    private static let noRoom = SQLiteError(.full, "there is no room for the index of the database's log")

    private func connect(_ mode: Mode) throws(SQLiteError) -> Connection {
        let connection = try mode == .immutable ? Connection(immutable: path) : Connection(path: path)
        let (seconds, attoseconds) = configuration.busyTimeout.components
        let milliseconds = min(max(seconds, 0), 3600) * 1000 + max(attoseconds, 0) / 1_000_000_000_000_000
        try connection.setBusyTimeout(milliseconds: Int32(truncatingIfNeeded: milliseconds))
        // Before anything of the file is read.
        try connection.execute("PRAGMA mmap_size = 0")
        if mode == .exclusive { try connection.execute("PRAGMA locking_mode = EXCLUSIVE") }
        return connection
    }

    /// Whether there is a log with content beside the file: then the file alone is not the whole truth. When in doubt,
    /// there is one.
    private var hasLog: Bool {
        guard let system = sqlite3_vfs_find(nil), let access = system.pointee.xAccess else { return true }
        var isThere: Int32 = 0
        return access(system, path + "-wal", SQLITE_ACCESS_EXISTS, &isThere) != SQLITE_OK || isThere != 0
    }

    /// Where WAL is impossible, or another process reads the file just now, the old mode stays, and works.
    private static func switchToWAL(_ connection: Connection) throws(SQLiteError) {
        do throws(SQLiteError) {
            try connection.execute("PRAGMA journal_mode = WAL")
        } catch  where error.code == .busy || error.code == .locked {
            // The next start tries again.
        }
    }
}

extension SQLiteError {
    /// The file itself may be good: the disk is full, fails, or lets nobody write.
    public var isOfDisk: Bool {
        switch code {
        case .full, .readOnly, .inputOutput, .cannotOpen: true
        default: false
        }
    }

    /// The file is none that this program can use, whatever the disk does.
    public var isOfContent: Bool {
        switch code {
        case .corrupt, .notADatabase, .newerSchema: true
        default: false
        }
    }
}

import Files
import SQLite
import StudioCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Devices and wishes in one SQLite file (mode 0600: it holds the devices' secrets).
///
/// Whoever decides does so inside one ``write(_:)``: reading and writing are one transaction, so that a report and a
/// wish that arrive together cannot undo each other.
struct StudioStore: Sendable {
    private let database: Database

    /// Opens or creates the file and brings its tables up to date.
    init(path: String) async throws(StudioError) {
        do {
            try PrivateFile.create(path)
            database = try await Database(
                path: path, migrations: StudioSchema.migrations, configuration: .init(threadName: "studio-db"))
        } catch let error as SQLiteError {
            throw StudioError(storage: error)
        } catch {
            throw StudioError(.storage, "the studio's database cannot be opened: \(error)")
        }
    }

    func close() async { await database.close() }

    func read<T: Sendable>(
        _ body: @Sendable (StudioTables) throws(StudioError) -> T
    ) async throws(StudioError) -> T {
        let refusal = Refusal()
        do throws(SQLiteError) {
            return try await database.read { connection throws(SQLiteError) in
                try refusal.carry { () throws(StudioError) in try body(StudioTables(connection)) }
            }
        } catch {
            throw refusal.reason ?? StudioError(storage: error)
        }
    }

    /// One decision: everything it writes is kept, or nothing when it throws.
    func write<T: Sendable>(
        _ body: @Sendable (StudioTables) throws(StudioError) -> T
    ) async throws(StudioError) -> T {
        let refusal = Refusal()
        do throws(SQLiteError) {
            return try await database.write { connection throws(SQLiteError) in
                try refusal.carry { () throws(StudioError) in try body(StudioTables(connection)) }
            }
        } catch {
            throw refusal.reason ?? StudioError(storage: error)
        }
    }
}

/// Takes the studio's own error out of a transaction, which knows the database's alone and is rolled back by it.
private final class Refusal: Sendable {
    private let memory = Mutex<StudioError?>(nil)

    var reason: StudioError? { memory.withLock { $0 } }

    func carry<T>(_ body: () throws(StudioError) -> T) throws(SQLiteError) -> T {
        do throws(StudioError) {
            return try body()
        } catch {
            memory.withLock { $0 = error }
            throw SQLiteError(.other, "rolled back")
        }
    }
}

/// A file for its owner alone.
private enum PrivateFile {
    /// SQLite would create the file with what the umask leaves, readable by everybody; its side files get the mode of
    /// the file itself.
    static func create(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode_t(0o600))
        guard descriptor >= 0 else { throw FileError(errno: errno, path: path) }
        let isPrivate = fchmod(descriptor, mode_t(0o600)) == 0
        let failure = FileError(errno: errno, path: path)
        close(descriptor)
        guard isPrivate else { throw failure }
    }
}

extension StudioError {
    /// The one translation of a database failure. Bound values are never part of its text.
    init(storage error: SQLiteError) {
        self.init(.storage, "the studio's database does not work: \(error)")
    }
}

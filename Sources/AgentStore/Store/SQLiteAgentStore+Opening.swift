import AgentCore
public import AsyncSupport
import Files
import SQLite

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension SQLiteAgentStore {
    /// The store of an agent that runs whatever has become of its file.
    ///
    /// A file that is damaged, no database or of a newer agent is moved aside, never deleted, and a new one begun: the
    /// backend's list brings the apps back, and nothing is swept before it came (P4). A file that the disk does not
    /// give, because it is full, write-protected or broken, is left alone: calls throw until they can have it.
    /// - Parameter tell: gets a sentence for each of these.
    public static func opening(
        path: String, time: any TimeSource, tell: (String) -> Void
    ) async -> SQLiteAgentStore {
        let store = SQLiteAgentStore(openingLater: path, time: time)
        do throws(SQLiteError) {
            try await store.database.open()
        } catch {
            guard error.isOfContent else {
                tell("the database cannot be opened and is tried again: \(error)")
                return store
            }
            do throws(FileError) {
                let aside = try moveAside(path, at: time.wall)
                tell("the database cannot be used, a new one is begun; the old one is kept as \(aside): \(error)")
            } catch let failure {
                tell("the database cannot be used and cannot be moved aside: \(error); \(failure)")
            }
        }
        return store
    }

    /// Renames the file and what belongs to it; the log first, because SQLite would delete one that it finds beside a
    /// new file. The name has no `reagent-` in it (system.md, S-5).
    /// - Returns: the new path of the file.
    private static func moveAside(_ path: String, at time: WallTime) throws(FileError) -> String {
        var number = time.seconds
        while (try? FileStatus.of("\(path).damaged-\(number)", followLinks: false)) != nil { number += 1 }
        let aside = "\(path).damaged-\(number)"
        for suffix in ["-wal", "-shm", "-journal", ""] where rename(path + suffix, aside + suffix) != 0 {
            guard errno == ENOENT else { throw FileError(errno: errno, path: path + suffix) }
        }
        return aside
    }
}

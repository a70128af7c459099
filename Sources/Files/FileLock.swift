#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An advisory exclusive lock on a file (`flock`), held as long as the object lives. The kernel gives it back when
/// the process ends, however it ends.
public final class FileLock: Sendable {
    public let path: String
    private let file: FileHandle

    /// Takes the lock without waiting. The file is created with mode 0644 when it is missing; it stays when the lock
    /// is given back (system.md 0.3).
    ///
    /// - Throws: `.locked` when another process or another lock of this process holds it.
    public init(_ path: String) throws(FileError) {
        self.path = path
        while true {
            let file = try Self.open(path)
            while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
                if errno == EINTR { continue }
                throw FileError.last(path)
            }
            // The file may have been unlinked or replaced between opening and locking (cleaning of /tmp): then the
            // lock is on a file that nobody else will ever open.
            do throws(FileError) {
                if try FileStatus.of(path).isSameFile(as: file.status()) {
                    self.file = file
                    return
                }
            } catch  where error.code == .notFound {
                continue
            }
        }
    }

    /// Opens first without creating: with `fs.protected_regular` even root may not open a file of somebody else in
    /// /tmp with O_CREAT, and any local user could then keep the agent from starting (DEFECT S-29).
    private static func open(_ path: String) throws(FileError) -> FileHandle {
        do throws(FileError) {
            return try FileHandle(opening: path, flags: O_RDONLY)
        } catch  where error.code == .notFound {
            return try FileHandle(opening: path, flags: O_RDONLY | O_CREAT, mode: 0o644)
        }
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Room on the disk for the index of the log, the file `-shm` that SQLite maps into memory.
///
/// SQLite makes sure of one byte in each page of it. Where a block of the file system is smaller than a page, as on small
/// partitions, the rest of the page may have no block, and a full disk ends the process with SIGBUS at the next write.
enum LogIndexSpace {
    private static let size: off_t = 32 * 1024
    /// What must be free before SQLite makes the index: it and as much again, for what others write meanwhile.
    private static let room = 2 * size
    private static let unnamedFile = 0o20_000_000 | O_DIRECTORY

    /// Whether the file system has room for an index. What cannot be found out counts as yes.
    static func isAvailable(beside path: String) -> Bool {
        let directory = path.lastIndex(of: "/").map { path[..<$0] }.map { $0.isEmpty ? "/" : String($0) } ?? "."
        let file = open(directory, unnamedFile | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else { return errno != ENOSPC }
        defer { close(file) }
        return posix_fallocate(file, 0, room) != ENOSPC
    }

    /// Gives every page of the index its blocks, through SQLite's own descriptor: to open the file once more and to close
    /// it would drop the locks that SQLite has on it.
    /// - Returns: false if the disk did not have them. A database without such a file, or a process without `/proc`, has
    ///   nothing to reserve.
    static func reserve(_ path: String) -> Bool {
        guard let index = realpath(path + "-shm", nil) else { return true }
        defer { free(index) }
        guard let descriptors = opendir("/proc/self/fd") else { return true }
        defer { closedir(descriptors) }
        while let entry = readdir(descriptors) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let descriptor = Int32(name), let target = realpath("/proc/self/fd/\(name)", nil) else { continue }
            defer { free(target) }
            if strcmp(target, index) == 0, posix_fallocate(descriptor, 0, size) == ENOSPC { return false }
        }
        return true
    }
}

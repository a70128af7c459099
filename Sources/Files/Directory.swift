#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Operations on directories.
public enum Directory {
    /// Creates a directory and its parents; one that exists is left alone. The mode is reduced by the umask
    /// (system.md 2.1).
    public static func create(_ path: String, mode: UInt32 = 0o777) throws(FileError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw FileError(.invalidPath, path: path, text: "empty path or path with NUL")
        }
        if mkdir(path, mode_t(mode)) == 0 { return }
        let failure = FileError.last(path)
        switch failure.code {
        case .notFound:
            let parent = FilePath.directory(of: path)
            guard parent != path else { throw failure }
            try create(parent, mode: mode)
            if mkdir(path, mode_t(mode)) == 0 || errno == EEXIST { return }
            throw FileError.last(path)
        default:
            // Some file systems answer EROFS or EACCES for a directory that is there.
            guard try isDirectory(path, otherwise: failure) else { throw failure }
        }
    }

    /// Whether there is a directory at the path (links followed). A missing one is not an error.
    public static func exists(_ path: String) -> Bool {
        (try? FileStatus.of(path))?.kind == .directory
    }

    /// The names in a directory, without `.` and `..`, sorted by bytes.
    public static func list(_ path: String) throws(FileError) -> [String] {
        guard let stream = opendir(path) else { throw FileError.last(path) }
        defer { closedir(stream) }
        return try names(in: stream, path: path)
    }

    /// Removes a file or a whole tree; links are removed, never followed. Nothing there is not an error.
    public static func remove(_ path: String) throws(FileError) {
        try remove(path, in: AT_FDCWD, shown: path)
    }

    private static func isDirectory(_ path: String, otherwise failure: FileError) throws(FileError) -> Bool {
        guard let status = try? FileStatus.of(path) else { throw failure }
        return status.kind == .directory
    }

    /// Works relative to an open parent, so that a directory swapped for a link meanwhile leads nowhere.
    private static func remove(_ name: String, in parent: Int32, shown: String) throws(FileError) {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw FileError.last(shown) }
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.last(shown) }
        guard let stream = fdopendir(descriptor) else {
            let failure = FileError.last(shown)
            close(descriptor)
            throw failure
        }
        defer { closedir(stream) }
        for child in try names(in: stream, path: shown) {
            try remove(child, in: descriptor, shown: FilePath.join(shown, child))
        }
        guard unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT else { throw FileError.last(shown) }
    }

    private static func names(in stream: OpaquePointer, path: String) throws(FileError) -> [String] {
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw FileError.last(path) }
                break
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Whole-file reading and replacing that survives loss of power at any moment (DEFECT S-1).
public enum AtomicFile {
    /// The largest file that `read` takes: 64 MiB.
    public static let readLimit = 64 << 20

    /// Replaces the contents of a file: temporary file in the resolved directory, fsync, rename, fsync of the
    /// directory. Links are followed, so that the link stays and its target is replaced. On any error the old
    /// contents are intact.
    ///
    /// - Parameters:
    ///   - mode: permission bits; nil keeps those of an existing file and gives a new one 0600.
    ///   - keepBackup: puts the old contents at `<path>.bak` of the resolved file first (unless they are empty).
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32? = nil, keepBackup: Bool = false)
        throws(FileError)
    {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw FileError(.invalidPath, path: path, text: "empty path or path with NUL")
        }
        let target = try FilePath.resolved(path)
        let old = try existing(target)
        if let old, old.kind == .directory {
            throw FileError(errno: EISDIR, path: target)
        }
        let mode = mode ?? old?.mode ?? 0o600
        let owner = old.map { (user: $0.owner, group: $0.group) }
        if keepBackup, let old, old.kind == .file, old.size > 0 {
            try replace(target + ".bak", with: read(target), mode: old.mode, owner: owner)
        }
        try replace(target, with: bytes, mode: mode, owner: owner)
    }

    /// The whole file, at most `readLimit` bytes.
    public static func read(_ path: String) throws(FileError) -> [UInt8] {
        try FileHandle(opening: path, flags: O_RDONLY).readAll(limit: readLimit)
    }

    private static func existing(_ path: String) throws(FileError) -> FileStatus? {
        do throws(FileError) {
            return try FileStatus.of(path, followLinks: false)
        } catch  where error.code == .notFound {
            return nil
        }
    }

    private static func replace(
        _ target: String, with bytes: [UInt8], mode: UInt32, owner: (user: UInt32, group: UInt32)?
    ) throws(FileError) {
        var replacement = try AtomicReplacement(of: target)
        try replacement.append(bytes)
        try replacement.commit(mode: mode, owner: owner)
    }
}

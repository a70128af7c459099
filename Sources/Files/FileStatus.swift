#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the file system says of a file.
public struct FileStatus: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case file
        case directory
        case symbolicLink
        case other
    }

    public var kind: Kind
    /// Permission bits only.
    public var mode: UInt32
    /// Bytes.
    public var size: Int64
    /// Seconds and nanoseconds since 1970.
    public var modified: (seconds: Int64, nanoseconds: Int64) { (modifiedSeconds, modifiedNanoseconds) }
    /// Together with `inode` the identity of a file; a replaced file has another one.
    public var device: UInt64
    public var inode: UInt64
    var owner: UInt32
    var group: UInt32
    private var modifiedSeconds: Int64
    private var modifiedNanoseconds: Int64

    init(_ raw: stat) {
        switch mode_t(raw.st_mode) & mode_t(S_IFMT) {
        case mode_t(S_IFREG): kind = .file
        case mode_t(S_IFDIR): kind = .directory
        case mode_t(S_IFLNK): kind = .symbolicLink
        default: kind = .other
        }
        mode = UInt32(raw.st_mode) & 0o7777
        size = Int64(raw.st_size)
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        owner = UInt32(raw.st_uid)
        group = UInt32(raw.st_gid)
        modifiedSeconds = Int64(raw.st_mtim.tv_sec)
        modifiedNanoseconds = Int64(raw.st_mtim.tv_nsec)
    }

    /// The status of the file at a path; symbolic links are followed unless told otherwise.
    public static func of(_ path: String, followLinks: Bool = true) throws(FileError) -> FileStatus {
        var raw = stat()
        guard (followLinks ? stat(path, &raw) : lstat(path, &raw)) == 0 else { throw FileError.last(path) }
        return FileStatus(raw)
    }

    /// Whether both describe the same file on the disk, whatever its name.
    public func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file system in bytes.
struct StorageUse: Equatable {
    var total: UInt64 = 0
    var used: UInt64 = 0
    /// Available to others than root.
    var free: UInt64 = 0

    init() {}

    /// The file system that holds a path; nil when the path does not exist.
    init?(path: String) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let block = UInt64(status.f_frsize)
        let (blocks, unused) = (UInt64(status.f_blocks), UInt64(status.f_bfree))
        total = blocks &* block
        used = (blocks > unused ? blocks - unused : 0) &* block
        free = UInt64(status.f_bavail) &* block
    }
}

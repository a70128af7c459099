#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One replacement of a file in steps: a temporary file beside the target is filled, then takes its name. Whatever
/// happens before `commit` leaves the target untouched (DEFECT S-1).
struct AtomicReplacement: ~Copyable {
    let target: String
    let temporary: String
    private let file: FileHandle
    private var committed = false
    private var abandoned = false

    /// - Parameter target: a path without a link at its end.
    init(of target: String) throws(FileError) {
        self.target = target
        Self.removeLeftovers(of: target)
        let prefix = Self.prefix(of: target)
        while true {
            // The name holds nothing of the target's: a supervisor takes every name with `reagent-` in it for a
            // program and starts it (DEFECT S-5).
            let name = FilePath.join(
                FilePath.directory(of: target), prefix + String(UInt64.random(in: 0 ... .max), radix: 36))
            let file: FileHandle
            do throws(FileError) {
                file = try FileHandle(opening: name, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            } catch  where error.code == .alreadyExists {
                continue
            }
            // Locked while its writer lives, so that others can tell a leftover; where locks are not supported the
            // file is only never cleaned up.
            let isUnsupported = flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 && errno != EWOULDBLOCK
            // Somebody who cleans up may have taken it in the moment before the lock: then once more.
            let own = try file.status()
            if isUnsupported || (try? FileStatus.of(name))?.isSameFile(as: own) == true {
                self.file = file
                temporary = name
                return
            }
        }
    }

    deinit { if !committed && !abandoned { unlink(temporary) } }

    func append(_ bytes: borrowing [UInt8]) throws(FileError) {
        var written = 0
        try file.write(bytes, written: &written)
    }

    /// Gives the new file mode and owner, makes it durable and puts it in the place of the old one.
    mutating func commit(mode: UInt32, owner: (user: UInt32, group: UInt32)? = nil) throws(FileError) {
        // FAT (the boot partition of flashed devices) has neither; losing the write for that would be worse.
        if let owner { _ = fchown(file.descriptor, owner.user, owner.group) }
        if fchmod(file.descriptor, mode_t(mode)) != 0, errno != EPERM, errno != EOPNOTSUPP {
            throw FileError.last(temporary)
        }
        try file.synchronize()
        guard rename(temporary, target) == 0 else { throw FileError.last(target) }
        committed = true
        try FileHandle(opening: FilePath.directory(of: target), flags: O_RDONLY | O_DIRECTORY).synchronize()
    }

    /// Leaves everything as a crash would: for tests.
    consuming func abandon() { abandoned = true }

    /// Temporary files of writers that are gone.
    private static func removeLeftovers(of target: String) {
        let directory = FilePath.directory(of: target)
        let prefix = prefix(of: target)
        for name in (try? Directory.list(directory)) ?? [] where name.hasPrefix(prefix) {
            let path = FilePath.join(directory, name)
            guard let file = try? FileHandle(opening: path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
                flock(file.descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            unlink(path)
        }
    }

    /// The same for one target, different for its neighbours (FNV-1a of the name).
    private static func prefix(of target: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in FilePath.name(of: target).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return ".atomic-\(String(hash, radix: 36))-"
    }
}

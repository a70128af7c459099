import AgentCore
import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A directory that somebody else writes to as well: the `env` directory of an app is inside what its container sees
/// as `/data`. Every operation is relative to the open directory and follows no link, so a link that the app puts
/// there leads nowhere.
struct ConfinedDirectory: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// Opens a trusted path, for example the data directory itself.
    init(trusted path: String) throws(StoreError) {
        try self.init(descriptor: open(path, Self.directoryFlags), path: path)
    }

    private init(descriptor: Int32, path: String) throws(StoreError) {
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    private static var directoryFlags: Int32 { O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC }

    /// The directory of that name inside, created with the mode if it is missing. What else has the name, a link for
    /// example, is removed first.
    func subdirectory(_ name: String, mode: UInt32) throws(StoreError) -> ConfinedDirectory {
        let shown = "\(path)/\(name)"
        if mkdirat(descriptor, name, mode_t(mode)) != 0 {
            guard errno == EEXIST else { throw Self.failure("create", shown) }
            let opened = openat(descriptor, name, Self.directoryFlags)
            if opened >= 0 { return try ConfinedDirectory(descriptor: opened, path: shown) }
            try remove(name)
            guard mkdirat(descriptor, name, mode_t(mode)) == 0 else { throw Self.failure("create", shown) }
        }
        return try ConfinedDirectory(descriptor: openat(descriptor, name, Self.directoryFlags), path: shown)
    }

    /// Replaces a file at once: readers see the old contents or the new ones. Mode 0600.
    func replace(_ name: String, with bytes: [UInt8]) throws(StoreError) {
        let temporary = ".\(UInt64.random(in: .min ... .max)).tmp"
        let shown = "\(path)/\(name)"
        let file = openat(descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure("write", shown) }
        defer { close(file) }
        guard Self.write(bytes, to: file), fsync(file) == 0,
            renameat(descriptor, temporary, descriptor, name) == 0
        else {
            let failure = Self.failure("replace", shown)
            unlinkat(descriptor, temporary, 0)
            throw failure
        }
    }

    /// Removes a file or link; nothing there, or a directory, is left as it is.
    func remove(_ name: String) throws(StoreError) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT || errno == EISDIR else {
            throw Self.failure("remove", "\(path)/\(name)")
        }
    }

    /// The names of files and links; directories are left out.
    func fileNames() throws(StoreError) -> [String] {
        // A stream of its own: closing it closes the descriptor, and its position is shared with duplicates.
        guard let stream = fdopendir(openat(descriptor, ".", Self.directoryFlags)) else {
            throw Self.failure("list", path)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            guard entry.pointee.d_type != UInt8(DT_DIR) else { continue }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func failure(_ verb: String, _ path: String) -> StoreError {
        StoreError("cannot \(verb) \(FileError(errno: errno, path: path))")
    }
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }

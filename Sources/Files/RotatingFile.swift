#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file that is only appended to and renamed away before it passes its limit (containers-logs-terminal.md 3.13).
/// It blocks on the disk: use it from a thread that may wait.
public struct RotatingFile: ~Copyable, Sendable {
    /// 100 MiB.
    public static let defaultLimit: Int64 = 100 << 20
    /// Rotated files that stay.
    public static let defaultBackups = 2

    private let path: String
    private let limit: Int64
    private let backups: Int
    private let milliseconds: @Sendable () -> Int64
    private var file: FileHandle
    private var size: Int64
    /// Set when a write stopped in the middle of a line (full disk): the next one starts a new line.
    private var isTorn = false

    /// Opens for appending, and creates the file (mode 0600) and its directory when missing.
    ///
    /// - Parameter milliseconds: the clock for names of rotated files, since 1970.
    public init(
        _ path: String, limit: Int64 = defaultLimit, backups: Int = defaultBackups,
        milliseconds: @escaping @Sendable () -> Int64 = Self.now
    ) throws(FileError) {
        try Directory.create(FilePath.directory(of: path))
        let file = try Self.open(path, mode: 0o600)
        let size = try file.status().size
        self.path = path
        self.limit = limit
        self.backups = backups
        self.milliseconds = milliseconds
        self.file = file
        self.size = size
    }

    /// Appends one piece, whole lines with their line feed; rotates first if the limit would be passed.
    ///
    /// - Throws: `.tooLarge` when the piece alone passes the limit. After an error the file can be written again.
    public mutating func append(_ bytes: [UInt8]) throws(FileError) {
        guard Int64(bytes.count) <= limit else {
            throw FileError(.tooLarge, path: path, text: "a write of \(bytes.count) bytes passes the limit")
        }
        if size + Int64(bytes.count) + (isTorn ? 1 : 0) > limit { try rotate() }
        let piece = isTorn ? [UInt8(ascii: "\n")] + bytes : bytes
        var written = 0
        defer { size += Int64(written) }
        do throws(FileError) {
            try file.write(piece, written: &written)
            isTorn = false
        } catch {
            if written > 0 { isTorn = true }
            throw error
        }
    }

    private mutating func rotate() throws(FileError) {
        let mode = try file.status().mode
        var stamp = RotationStamp(milliseconds: max(0, milliseconds()))
        // Two rotations in one millisecond, or a clock that was set back, must not overwrite a rotated file.
        while (try? FileStatus.of(rotated(stamp), followLinks: false)) != nil {
            stamp = RotationStamp(milliseconds: stamp.milliseconds + 1)
        }
        if rename(path, rotated(stamp)) != 0, errno != ENOENT { throw FileError.last(path) }
        file = try Self.open(path, mode: mode)
        size = try file.status().size
        isTorn = false
        prune()
    }

    private func rotated(_ stamp: RotationStamp) -> String {
        let (stem, suffix) = parts
        return FilePath.join(FilePath.directory(of: path), stem + "-" + stamp.text + suffix)
    }

    /// Removes the oldest rotated files. One that cannot be removed is tried again at the next rotation.
    private func prune() {
        let (stem, suffix) = parts
        let directory = FilePath.directory(of: path)
        let rotated = ((try? Directory.list(directory)) ?? []).filter { name in
            name.hasPrefix(stem + "-") && name.hasSuffix(suffix)
                && RotationStamp.isStamp(name.dropFirst(stem.count + 1).dropLast(suffix.count))
        }
        for name in rotated.dropLast(backups) { unlink(FilePath.join(directory, name)) }
    }

    /// The name before and from its last dot.
    private var parts: (stem: String, suffix: String) {
        let name = FilePath.name(of: path)
        guard let dot = name.lastIndex(of: ".") else { return (name, "") }
        return (String(name[..<dot]), String(name[dot...]))
    }

    private static func open(_ path: String, mode: UInt32) throws(FileError) -> FileHandle {
        try FileHandle(opening: path, flags: O_WRONLY | O_CREAT | O_APPEND, mode: mode)
    }

    /// The device's clock.
    public static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An open descriptor that closes itself. Every call repeats after an interruption by a signal.
struct FileHandle: ~Copyable, Sendable {
    let descriptor: Int32
    let path: String

    init(opening path: String, flags: Int32, mode: UInt32 = 0) throws(FileError) {
        // A path with NUL would silently name another file.
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw FileError(.invalidPath, path: path, text: "empty path or path with NUL")
        }
        var descriptor: Int32
        repeat {
            descriptor = open(path, flags | O_CLOEXEC, mode_t(mode))
        } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else { throw FileError.last(path) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func status() throws(FileError) -> FileStatus {
        var raw = stat()
        guard fstat(descriptor, &raw) == 0 else { throw FileError.last(path) }
        return FileStatus(raw)
    }

    /// Writes everything and returns; on failure `written` tells how much reached the file.
    func write(_ bytes: borrowing [UInt8], from start: Int = 0, written: inout Int) throws(FileError) {
        var failure: FileError?
        bytes.withUnsafeBytes { buffer in
            var offset = start
            while offset < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[offset...])
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                #else
                    let count = Musl.write(descriptor, rest.baseAddress, rest.count)
                #endif
                if count < 0 {
                    if errno == EINTR { continue }
                    failure = FileError.last(path)
                    return
                }
                offset += count
                written += count
            }
        }
        if let failure { throw failure }
    }

    /// Reads up to the end of the file, at most `limit` bytes.
    func readAll(limit: Int) throws(FileError) -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError.last(path)
            }
            if count == 0 { return result }
            guard result.count + count <= limit else {
                throw FileError(.tooLarge, path: path, text: "larger than \(limit) bytes")
            }
            result.append(contentsOf: chunk[..<count])
        }
    }

    /// Waits until the contents are on the disk. File systems that cannot do that for a directory say EINVAL.
    func synchronize() throws(FileError) {
        while fsync(descriptor) != 0 {
            if errno == EINTR { continue }
            if errno == EINVAL { return }
            throw FileError.last(path)
        }
    }
}

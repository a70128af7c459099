#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A directory of a test, gone when the test is over.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/sqlite-tests-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, let made = mkdtemp(base) else {
                preconditionFailure("no temporary directory")
            }
            return String(cString: made)
        }
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    deinit {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(file("test.db") + suffix) }
        rmdir(path)
    }
}

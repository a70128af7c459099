import Files
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("File lock")
struct FileLockTests {
    @Test("S12: a second lock is refused while the first lives, and possible after it")
    func exclusive() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/lock"
            var first: FileLock? = try FileLock(path)
            #expect(first?.path == path)
            #expect(code { _ = try FileLock(path) } == .locked)
            first = nil
            _ = try FileLock(path)
            #expect(try FileStatus.of(path).size == 0)
        }
    }

    @Test("S12: a lock file that was unlinked is created again and locked")
    func unlinked() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/lock"
            let first = try FileLock(path)
            unlink(path)
            let second = try FileLock(path)
            #expect(try FileStatus.of(path).kind == .file)
            #expect(code { _ = try FileLock(path) } == .locked)
            withExtendedLifetime((first, second)) {}
        }
    }

    @Test("a lock that cannot be created says why")
    func failure() throws {
        try withTemporaryDirectory { directory in
            #expect(code { _ = try FileLock(directory + "/no/lock") } == .notFound)
        }
    }

    @Test("a lock file that may only be read is enough (0.3: opened read-only)")
    func readOnlyFile() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/lock"
            try AtomicFile.write([], to: path, mode: 0o444)
            _ = try FileLock(path)
            #expect(try FileStatus.of(path).mode == 0o444)
        }
    }
}

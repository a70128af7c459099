import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A directory of one test, removed at its end.
func withTemporaryDirectory<R>(_ body: (String) throws -> R) throws -> R {
    let path = "/tmp/files-tests-" + String(UInt64.random(in: 0 ... .max), radix: 36)
    try Directory.create(path)
    defer { try? Directory.remove(path) }
    return try body(path)
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ path: String) throws -> String { String(decoding: try AtomicFile.read(path), as: UTF8.self) }

/// Runs `body` and returns the code of the file error that it throws.
func code(_ body: () throws -> Void) -> FileError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? FileError)?.code
    }
}

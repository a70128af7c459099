import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A directory of a test, gone with everything in it when the test is over.
final class TestDirectory: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/agent-store-tests-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, let made = mkdtemp(base) else {
                preconditionFailure("no temporary directory")
            }
            return String(cString: made)
        }
    }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    func text(_ name: String) throws -> String { String(decoding: try AtomicFile.read(path(name)), as: UTF8.self) }

    func write(_ text: String, to name: String) throws { try AtomicFile.write(Array(text.utf8), to: path(name)) }

    func exists(_ name: String) -> Bool { access(path(name), F_OK) == 0 }

    deinit { try? Directory.remove(path) }
}

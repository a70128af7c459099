import Testing

@testable import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Atomic file")
struct AtomicFileTests {
    @Test("what was written is read back, and nothing else is left in the directory")
    func roundTrip() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/a"
            let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
            try AtomicFile.write(content, to: path)
            #expect(try AtomicFile.read(path) == content)
            try AtomicFile.write([], to: path)
            #expect(try AtomicFile.read(path).isEmpty)
            #expect(try Directory.list(directory) == ["a"])
        }
    }

    @Test("S1: interrupted after any byte, the file has the old content, and the next write cleans up")
    func interruptedAnywhere() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/device.flock"
            let old = "{\n \"device_key\": 3\n}"
            let new = bytes("{\n \"device_key\": 3,\n \"name\": \"new\"\n}")
            try AtomicFile.write(bytes(old), to: path)
            for length in 0...new.count {
                let replacement = try AtomicReplacement(of: path)
                try replacement.append(Array(new[..<length]))
                replacement.abandon()
                #expect(try text(path) == old)
                #expect(try Directory.list(directory).count == 2)
            }
            try AtomicFile.write(new, to: path)
            #expect(try AtomicFile.read(path) == new)
            #expect(try Directory.list(directory) == ["device.flock"])
        }
    }

    @Test("the temporary file of a writer that is still at work is left alone")
    func livingWriter() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/a"
            var first = try AtomicReplacement(of: path)
            try first.append(bytes("first"))
            try AtomicFile.write(bytes("second"), to: path)
            try first.commit(mode: 0o600)
            #expect(try text(path) == "first")
            #expect(try Directory.list(directory) == ["a"])
        }
    }

    @Test("leftovers of another file in the directory are not touched")
    func foreignLeftovers() throws {
        try withTemporaryDirectory { directory in
            try AtomicReplacement(of: directory + "/b").abandon()
            try AtomicFile.write(bytes("x"), to: directory + "/a")
            #expect(try Directory.list(directory).count == 2)
        }
    }

    @Test("no temporary name contains the name of the target (S-5)")
    func harmlessNames() throws {
        try withTemporaryDirectory { directory in
            try AtomicReplacement(of: directory + "/reagent-v1.0.0").abandon()
            let names = try Directory.list(directory)
            #expect(names.count == 1)
            #expect(names.allSatisfy { !$0.contains("reagent-") })
        }
    }

    @Test(
        "the mode: given, else that of the existing file, else 0600",
        arguments: [
            (UInt32?.none, UInt32?.none, UInt32(0o600)), (0o644, nil, 0o644), (nil, 0o640, 0o640),
            (0o755, 0o600, 0o600),
        ])
    func mode(existing: UInt32?, given: UInt32?, expected: UInt32) throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/a"
            if let existing { try AtomicFile.write(bytes("old"), to: path, mode: existing) }
            try AtomicFile.write(bytes("new"), to: path, mode: given)
            #expect(try FileStatus.of(path).mode == expected)
        }
    }

    @Test("a link stays a link, its target is replaced in the target's directory (system.md 2.2)")
    func followsLinks() throws {
        try withTemporaryDirectory { directory in
            try Directory.create(directory + "/boot")
            try AtomicFile.write(bytes("old"), to: directory + "/boot/real.flock", mode: 0o640)
            #expect(symlink("boot/real.flock", directory + "/link") == 0)
            #expect(symlink(directory + "/link", directory + "/second") == 0)
            try AtomicFile.write(bytes("new"), to: directory + "/second", keepBackup: true)
            #expect(try FileStatus.of(directory + "/second", followLinks: false).kind == .symbolicLink)
            #expect(try FileStatus.of(directory + "/link", followLinks: false).kind == .symbolicLink)
            #expect(try text(directory + "/boot/real.flock") == "new")
            #expect(try FileStatus.of(directory + "/boot/real.flock").mode == 0o640)
            #expect(try Directory.list(directory + "/boot") == ["real.flock", "real.flock.bak"])
        }
    }

    @Test("a link to a file that does not exist yet creates it; a circle of links is an error")
    func oddLinks() throws {
        try withTemporaryDirectory { directory in
            #expect(symlink("later", directory + "/link") == 0)
            try AtomicFile.write(bytes("x"), to: directory + "/link")
            #expect(try text(directory + "/later") == "x")
            #expect(symlink("b", directory + "/a") == 0)
            #expect(symlink("a", directory + "/b") == 0)
            #expect(code { try AtomicFile.write(bytes("x"), to: directory + "/a") } == .invalidPath)
        }
    }

    @Test("the backup holds the content before; an empty file never replaces a good backup")
    func backup() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/a"
            try AtomicFile.write(bytes("one"), to: path, mode: 0o640, keepBackup: true)
            #expect(try Directory.list(directory) == ["a"])
            try AtomicFile.write(bytes("two"), to: path, keepBackup: true)
            #expect(try text(path + ".bak") == "one")
            #expect(try FileStatus.of(path + ".bak").mode == 0o640)
            try AtomicFile.write([], to: path, keepBackup: true)
            try AtomicFile.write(bytes("three"), to: path, keepBackup: true)
            #expect(try text(path + ".bak") == "two")
        }
    }

    @Test("a failed write says why, keeps what was there and leaves no temporary file")
    func failures() throws {
        try withTemporaryDirectory { directory in
            #expect(code { try AtomicFile.write(bytes("x"), to: directory + "/no/a") } == .notFound)
            try Directory.create(directory + "/d/full")
            #expect(code { try AtomicFile.write(bytes("x"), to: directory + "/d") } == .isDirectory)
            // The backup cannot be put in place: then the file itself is not touched either.
            try AtomicFile.write(bytes("old"), to: directory + "/a")
            try Directory.create(directory + "/a.bak")
            #expect(code { try AtomicFile.write(bytes("new"), to: directory + "/a", keepBackup: true) } == .isDirectory)
            #expect(try text(directory + "/a") == "old")
            #expect(code { try AtomicFile.write(bytes("x"), to: "") } == .invalidPath)
            #expect(code { try AtomicFile.write(bytes("x"), to: directory + "/a\0b") } == .invalidPath)
            #expect(try Directory.list(directory) == ["a", "a.bak", "d"])
            // A file system that takes no new files, also not from root.
            #expect(code { try AtomicFile.write(bytes("x"), to: "/proc/self/reagent") } != nil)
        }
    }

    @Test("reading a missing file and a directory are told apart")
    func readFailures() throws {
        try withTemporaryDirectory { directory in
            #expect(code { _ = try AtomicFile.read(directory + "/a") } == .notFound)
            #expect(code { _ = try AtomicFile.read(directory) } == .isDirectory)
            #expect(code { _ = try AtomicFile.read(directory + "\0") } == .invalidPath)
        }
    }
}

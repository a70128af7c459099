import Synchronization
import Testing

@testable import Files

@Suite("Rotating file (containers-logs-terminal.md 3.13)")
struct RotatingFileTests {
    private static let start: Int64 = 1_136_171_045_000  // 2006-01-02T03:04:05Z

    @Test("before the limit would be passed the file is renamed by UTC time; two rotated files stay")
    func rotation() throws {
        try withTemporaryDirectory { directory in
            let clock = Mutex(Self.start)
            var file = try RotatingFile(
                directory + "/reagent.log", limit: 10,
                milliseconds: {
                    clock.withLock {
                        $0 += 1000; return $0
                    }
                })
            for line in ["aaaa\n", "bbbb\n", "cccc\n", "dddddddd\n", "e\n", "ffffffff\n"] {
                try file.append(bytes(line))
            }
            #expect(
                try Directory.list(directory) == [
                    "reagent-2006-01-02T03-04-08.000.log", "reagent-2006-01-02T03-04-09.000.log", "reagent.log",
                ])
            #expect(try text(directory + "/reagent.log") == "ffffffff\n")
            #expect(try text(directory + "/reagent-2006-01-02T03-04-08.000.log") == "dddddddd\n")
            #expect(try text(directory + "/reagent-2006-01-02T03-04-09.000.log") == "e\n")
        }
    }

    @Test("exactly the limit fits; one byte more is refused and nothing is written")
    func limit() throws {
        try withTemporaryDirectory { directory in
            var file = try RotatingFile(directory + "/a.log", limit: 4)
            try file.append(bytes("123\n"))
            #expect(code { try file.append(bytes("12345")) } == .tooLarge)
            #expect(try Directory.list(directory) == ["a.log"])
            #expect(try text(directory + "/a.log") == "123\n")
        }
    }

    @Test("two rotations in one millisecond keep both files")
    func sameMillisecond() throws {
        try withTemporaryDirectory { directory in
            var file = try RotatingFile(directory + "/a.log", limit: 2, milliseconds: { Self.start })
            for line in ["1\n", "2\n", "3\n"] { try file.append(bytes(line)) }
            #expect(try text(directory + "/a-2006-01-02T03-04-05.000.log") == "1\n")
            #expect(try text(directory + "/a-2006-01-02T03-04-05.001.log") == "2\n")
            #expect(try text(directory + "/a.log") == "3\n")
        }
    }

    @Test("an existing file is continued and keeps its mode through a rotation; a new one has 0600")
    func mode() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.write(bytes("old\n"), to: directory + "/a.log", mode: 0o640)
            var file = try RotatingFile(directory + "/a.log", limit: 8)
            try file.append(bytes("new\n"))
            #expect(try text(directory + "/a.log") == "old\nnew\n")
            try file.append(bytes("next\n"))
            #expect(try text(directory + "/a.log") == "next\n")
            #expect(try FileStatus.of(directory + "/a.log").mode == 0o640)
            _ = try RotatingFile(directory + "/deep/b.log")
            #expect(try FileStatus.of(directory + "/deep/b.log").mode == 0o600)
        }
    }

    @Test("files that only look similar are not pruned; a log that was taken away is made again")
    func neighbours() throws {
        try withTemporaryDirectory { directory in
            for name in ["a-backup.log", "a-2006-01-02.log", "ab-2006-01-02T03-04-05.000.log"] {
                try AtomicFile.write(bytes("x"), to: directory + "/" + name)
            }
            var file = try RotatingFile(directory + "/a.log", limit: 2, backups: 0)
            try file.append(bytes("1\n"))
            try Directory.remove(directory + "/a.log")
            try file.append(bytes("2\n"))
            try file.append(bytes("3\n"))
            #expect(
                try Directory.list(directory) == [
                    "a-2006-01-02.log", "a-backup.log", "a.log", "ab-2006-01-02T03-04-05.000.log",
                ])
        }
    }

    @Test("a full disk is an error of that write only")
    func fullDisk() throws {
        var file = try RotatingFile("/dev/full")
        #expect(code { try file.append(bytes("x\n")) } == .noSpace)
        #expect(code { try file.append(bytes("x\n")) } == .noSpace)
    }

    @Test(
        "the stamp is UTC with milliseconds",
        arguments: [
            (Int64(0), "1970-01-01T00-00-00.000"), (951_782_400_001, "2000-02-29T00-00-00.001"),
            (1_136_214_245_999, "2006-01-02T15-04-05.999"), (4_102_444_799_000, "2099-12-31T23-59-59.000"),
        ])
    func stamp(milliseconds: Int64, text: String) {
        #expect(RotationStamp(milliseconds: milliseconds).text == text)
        #expect(RotationStamp.isStamp(text))
        #expect(!RotationStamp.isStamp(text + "0"))
    }
}

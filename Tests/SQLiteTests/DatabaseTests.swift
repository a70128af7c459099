import SQLite
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Database")
struct DatabaseTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("test.db") }

    private func open(_ migrations: [Migration] = [], busyTimeout: Duration = .milliseconds(20)) async throws
        -> Database
    {
        try await Database(
            path: path, migrations: migrations,
            configuration: .init(busyTimeout: busyTimeout, threadName: "sqlite-test"))
    }

    @Test("opening sets WAL, foreign keys, synchronous and the busy time-out, and maps nothing into memory (SIGBUS)")
    func pragmas() async throws {
        let database = try await open(busyTimeout: .milliseconds(2500))
        let values = try await database.write { connection throws(SQLiteError) in
            try ["journal_mode", "foreign_keys", "synchronous", "busy_timeout", "mmap_size"].map {
                name throws(SQLiteError) in
                try connection.query("PRAGMA \(name)").first?.values.first
            }
        }
        #expect(values == ["wal", 1, 2, 2500, 0])
        await database.close()
    }

    @Test(
        "takes over files of any journal mode",
        arguments: ["DELETE", "TRUNCATE", "PERSIST", "WAL"])
    func journalModes(mode: String) async throws {
        let first = try await open()
        try await first.write { connection throws(SQLiteError) in
            try connection.execute("CREATE TABLE t (n INTEGER)")
            try connection.execute("INSERT INTO t VALUES (7)")
        }
        await first.close()
        let plain = try PlainConnection(path)
        try plain.run("PRAGMA journal_mode = \(mode)")
        plain.close()

        let database = try await open()
        let rows = try await database.write { connection throws(SQLiteError) in
            (try connection.query("SELECT n FROM t"), try connection.query("PRAGMA journal_mode"))
        }
        #expect(try rows.0.map { try $0.integer("n") } == [7])
        #expect(try rows.1.first?.text("journal_mode") == "wal")
        await database.close()
    }

    @Test("a write that throws leaves nothing, and the next write works (P32)")
    func rollback() async throws {
        let database = try await open()
        try await database.write { connection throws(SQLiteError) in
            try connection.execute("CREATE TABLE t (n INTEGER UNIQUE)")
            try connection.execute("INSERT INTO t VALUES (1)")
        }
        let error = await #expect(throws: SQLiteError.self) {
            try await database.write { connection throws(SQLiteError) in
                try connection.execute("INSERT INTO t VALUES (2)")
                try connection.execute("INSERT INTO t VALUES (1)")
            }
        }
        #expect(error?.code == .constraint)
        #expect(error?.extendedCode == 2067)
        #expect(error?.primaryCode == 19)
        for _ in 0..<50 {
            try await database.write { connection throws(SQLiteError) in
                try connection.execute("INSERT OR IGNORE INTO t VALUES (3)")
            }
        }
        let numbers = try await database.read { connection throws(SQLiteError) in
            try connection.query("SELECT n FROM t ORDER BY n").map { row throws(SQLiteError) in try row.integer("n") }
        }
        #expect(numbers == [1, 3])
        await database.close()
    }

    @Test("a read transaction refuses to write")
    func readOnlyTransaction() async throws {
        let database = try await open()
        let error = await #expect(throws: SQLiteError.self) {
            try await database.read { connection throws(SQLiteError) in
                try connection.execute("CREATE TABLE t (n)")
            }
        }
        #expect(error?.code == .readOnly)
        try await database.write { connection throws(SQLiteError) in try connection.execute("CREATE TABLE t (n)") }
        await database.close()
    }

    @Test("a lock of another process gives busy after the time-out, not a wait for ever (P32)")
    func busy() async throws {
        let database = try await open()
        try await database.write { connection throws(SQLiteError) in try connection.execute("CREATE TABLE t (n)") }
        let other = try PlainConnection(path)
        try other.run("BEGIN IMMEDIATE")
        let error = await #expect(throws: SQLiteError.self) {
            try await database.write { connection throws(SQLiteError) in
                try connection.execute("INSERT INTO t VALUES (1)")
            }
        }
        #expect(error?.code == .busy)
        try other.run("ROLLBACK")
        other.close()
        try await database.write { connection throws(SQLiteError) in
            try connection.execute("INSERT INTO t VALUES (1)")
        }
        await database.close()
    }

    @Test("a reader of an old file at the moment of opening does not keep us from starting (P32)")
    func readerWhileOpening() async throws {
        let other = try PlainConnection(path)
        try other.run("CREATE TABLE t (n); INSERT INTO t VALUES (1); BEGIN; SELECT * FROM t")
        let database = try await open()
        let count = try await database.read { connection throws(SQLiteError) in
            try connection.query("SELECT n FROM t").count
        }
        #expect(count == 1)
        try other.run("COMMIT")
        other.close()
        try await database.write { connection throws(SQLiteError) in
            try connection.execute("INSERT INTO t VALUES (2)")
        }
        await database.close()
    }

    @Test("a file that is no database is an error and stays as it was")
    func notADatabase() async throws {
        let text = String(repeating: "This is a diary, not a database. ", count: 100)
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
        let error = await #expect(throws: SQLiteError.self) { _ = try await open() }
        #expect(error?.code == .notADatabase)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(Int(status.st_size) == text.utf8.count)
    }

    @Test("a path that cannot be opened names itself in the error")
    func cannotOpen() async {
        let error = await #expect(throws: SQLiteError.self) {
            _ = try await Database(path: "/proc/none/test.db")
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("/proc/none/test.db") == true)
    }

    @Test("after closing, every call says so")
    func closed() async throws {
        let database = try await open()
        await database.close()
        await database.close()
        let error = await #expect(throws: SQLiteError.self) {
            try await database.read { connection throws(SQLiteError) in try connection.execute("SELECT 1") }
        }
        #expect(error?.code == .closed)
    }

    @Test("migrations run once each, on the database's own thread")
    func migrations() async throws {
        let steps = [
            Migration("one", sql: "CREATE TABLE t (name TEXT); INSERT INTO t VALUES ('one');"),
            Migration("two") { connection throws(SQLiteError) in
                try connection.execute("INSERT INTO t VALUES (?)", [.text(threadName())])
            },
        ]
        await (try open([steps[0]])).close()
        await (try open(steps)).close()
        let database = try await open(steps)
        let names = try await database.read { connection throws(SQLiteError) in
            try connection.query("SELECT name FROM t").map { row throws(SQLiteError) in try row.text("name") }
        }
        #expect(names == ["one", "sqlite-test"])
        await database.close()

        let error = await #expect(throws: SQLiteError.self) { _ = try await open([steps[0]]) }
        #expect(error?.code == .newerSchema)
    }

    @Test("a failing migration is rolled back and named")
    func failingMigration() async throws {
        let step = Migration("broken", sql: "CREATE TABLE t (n); CREATE TABLE t (n);")
        let error = await #expect(throws: SQLiteError.self) { _ = try await open([step]) }
        #expect(error?.message.contains("broken") == true)
        let database = try await open()
        let tables = try await database.read { connection throws(SQLiteError) in
            try connection.query("SELECT name FROM sqlite_master")
        }
        #expect(tables.isEmpty)
        await database.close()
    }
}

private func threadName() -> String {
    let file = open("/proc/thread-self/comm", O_RDONLY)
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 32)
    let length = read(file, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(length - 1, 0)), as: UTF8.self)
}

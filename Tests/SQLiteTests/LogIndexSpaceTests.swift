import Testing

@testable import SQLite

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Room for the index of the log")
struct LogIndexSpaceTests {
    private static func blocks(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_blocks) : 0
    }

    @Test("an open database has all blocks of its index, and its locks are still held")
    func reserved() async throws {
        let directory = TemporaryDirectory()
        let path = directory.file("test.db")
        let configuration = Database.Configuration(busyTimeout: .milliseconds(20), threadName: "sqlite-test")
        let database = try await Database(path: path, migrations: [], configuration: configuration)
        #expect(Self.blocks(path + "-shm") * 512 >= 32 * 1024)
        let second = try await Database(path: path, migrations: [], configuration: configuration)
        try await database.write { connection throws(SQLiteError) in try connection.execute("CREATE TABLE t (a)") }
        try await second.write { connection throws(SQLiteError) in try connection.execute("INSERT INTO t VALUES (1)") }
        await second.close()
        let rows = try await database.write { connection throws(SQLiteError) in
            try connection.query("SELECT a FROM t").count
        }
        #expect(rows == 1)
        await database.close()
    }

    @Test("a directory with room has room; one that is not there is nobody's complaint")
    func available() {
        #expect(LogIndexSpace.isAvailable(beside: "/tmp/x.db"))
        #expect(LogIndexSpace.isAvailable(beside: "x.db"))
        #expect(LogIndexSpace.isAvailable(beside: "/nowhere/at/all/x.db"))
    }
}

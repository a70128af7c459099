import SQLite
import Testing

@Suite("Statements and rows")
struct ConnectionTests {
    /// Runs the body in a write transaction of a fresh database in memory.
    private func inMemory<T: Sendable>(
        _ body: @Sendable (Connection) throws(SQLiteError) -> T
    ) async throws -> T {
        let database = try await Database(path: ":memory:")
        let result = try await database.write(body)
        await database.close()
        return result
    }

    @Test(
        "every storage class comes back as it went in",
        arguments: [
            .null, .integer(.min), .integer(.max), .real(-0.5), .text(""), .text("a\u{0}b ü 🐟"), .blob([]),
            .blob([0, 255, 7]),
        ] as [SQLiteValue])
    func roundTrip(value: SQLiteValue) async throws {
        let rows = try await inMemory { connection throws(SQLiteError) in
            try connection.execute("CREATE TABLE t (v)")
            try connection.execute("INSERT INTO t VALUES (?)", [value])
            return try connection.query("SELECT v FROM t")
        }
        #expect(rows.map(\.values) == [[value]])
    }

    @Test("literals and helpers make the values that they look like")
    func literals() {
        #expect([nil, 5, 1.5, "x"] as [SQLiteValue] == [.null, .integer(5), .real(1.5), .text("x")])
        #expect(SQLiteValue.optional(nil as String?) == .null)
        #expect(SQLiteValue.optional(3 as Int64?) == .integer(3))
        #expect(SQLiteValue.boolean(true) == 1)
        #expect(SQLiteValue.null.isNull)
    }

    @Test("text that is no UTF-8 is repaired, not fatal")
    func invalidUTF8() async throws {
        let rows = try await inMemory { connection throws(SQLiteError) in
            try connection.query("SELECT CAST(x'61ff62' AS TEXT) AS v")
        }
        #expect(try rows[0].text("v") == "a\u{FFFD}b")
    }

    @Test("columns are found without case; missing and mistyped ones are named")
    func typedAccess() async throws {
        let rows = try await inMemory { connection throws(SQLiteError) in
            try connection.query("SELECT 1 AS Number, 'x' AS text, NULL AS empty, 0.5 AS r, x'01' AS b")
        }
        let row = try #require(rows.first)
        #expect(try row.integer("NUMBER") == 1)
        #expect(try row.boolean("number"))
        #expect(try row.text("text") == "x")
        #expect(try row.real("r") == 0.5)
        #expect(try row.blob("b") == [1])
        #expect(try row.optionalText("empty") == nil)
        #expect(try row.optionalInteger("empty") == nil)
        #expect(try row.optionalText("text") == "x")
        #expect(row["other"] == nil)
        let missing = #expect(throws: SQLiteError.self) { try row.integer("other") }
        #expect(missing?.code == .mismatch)
        let mistyped = #expect(throws: SQLiteError.self) { try row.integer("text") }
        #expect(mistyped?.message == "column text holds text instead of integer")
    }

    @Test(
        "statements that cannot be meant are refused",
        arguments: ["", "  -- nothing", "SELECT 1; SELECT 2", "SELEKT 1", "SELECT * FROM missing"])
    func refusedSQL(sql: String) async throws {
        let error = await #expect(throws: SQLiteError.self) {
            try await inMemory { connection throws(SQLiteError) in try connection.execute(sql) }
        }
        #expect(error?.code == .sql)
    }

    @Test("too few or too many values are refused")
    func bindingCount() async throws {
        for values in [[], [1, 2]] as [[SQLiteValue]] {
            let error = await #expect(throws: SQLiteError.self) {
                try await inMemory { connection throws(SQLiteError) in try connection.query("SELECT ?", values) }
            }
            #expect(error?.code == .mismatch)
        }
    }

    @Test("a script runs all its statements, comments included")
    func script() async throws {
        let count = try await inMemory { connection throws(SQLiteError) in
            try connection.executeScript(
                """
                -- tables
                CREATE TABLE t (n INTEGER PRIMARY KEY);
                INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)
                ; /* the end */
                """)
            return try connection.query("SELECT count(*) AS n FROM t").first?.integer("n")
        }
        #expect(count == 2)
    }

    @Test("changes and the last inserted id are those of the last statement")
    func counters() async throws {
        let (id, changes) = try await inMemory { connection throws(SQLiteError) in
            try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n)")
            try connection.execute("INSERT INTO t VALUES (41, 0), (42, 0)")
            let id = connection.lastInsertID
            try connection.execute("UPDATE t SET n = 1")
            return (id, connection.changes)
        }
        #expect(id == 42)
        #expect(changes == 2)
    }

    @Test("a foreign key is enforced")
    func foreignKeys() async throws {
        let error = await #expect(throws: SQLiteError.self) {
            try await inMemory { connection throws(SQLiteError) in
                try connection.executeScript(
                    "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a (id));")
                try connection.execute("INSERT INTO b VALUES (1)")
            }
        }
        #expect(error?.extendedCode == 787)
    }
}

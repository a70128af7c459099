import AgentCore
import AgentStore
import Files
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Databases that cannot be used")
struct DamagedDatabaseTests {
    private let fixture = StoreFixture()

    private func opening() async -> (store: SQLiteAgentStore, sentences: [String]) {
        var sentences: [String] = []
        let store = await SQLiteAgentStore.opening(path: fixture.path, time: fixture.time) { sentences.append($0) }
        return (store, sentences)
    }

    private func fill() async throws {
        try await fixture.withStore { store async throws in
            try await store.store(.sample(), installed: .sample())
        }
    }

    private var aside: [String] {
        get throws { try Directory.list(fixture.directory.path).filter { $0.contains(".damaged-") } }
    }

    /// The bytes of the file with something done to them.
    private func change(_ name: String = "reagent.db", _ body: (inout [UInt8]) -> Void) throws {
        var bytes = try AtomicFile.read(fixture.directory.path(name))
        body(&bytes)
        try AtomicFile.write(bytes, to: fixture.directory.path(name), keepBackup: false)
    }

    @Test("a file that is whole is opened without a word")
    func whole() async throws {
        try await fill()
        let (store, sentences) = await opening()
        #expect(try await store.loadApps().count == 1)
        #expect(sentences.isEmpty)
        #expect(try aside.isEmpty)
        await store.close()
    }

    @Test(
        "what is no database, damaged or of a newer agent is moved aside, not deleted, and a new one begun",
        arguments: ["text", "torn page", "newer", "zero page"])
    func movedAside(_ damage: String) async throws {
        try await fill()
        switch damage {
        case "text": try change { $0 = Array(repeating: UInt8(ascii: "x"), count: 5000) }
        case "torn page": try change { $0.removeLast($0.count / 2) }
        case "zero page": try change { for index in 4096..<8192 { $0[index] = 0 } }
        default:
            let database = try ReferenceDatabase(fixture.path)
            try database.run("PRAGMA user_version = 9")
            database.close()
        }
        let before = try AtomicFile.read(fixture.path)
        let (store, sentences) = await opening()
        #expect(sentences.count == 1)
        #expect(
            sentences.first?.hasPrefix("the database cannot be used, a new one is begun; the old one is kept as ")
                == true)
        #expect(try await store.loadApps().isEmpty)
        try await store.store(.sample(), installed: .sample())
        #expect(try await store.loadApps().count == 1)
        await store.close()
        let kept = try #require(try aside.first)
        #expect(kept.hasPrefix("reagent.db.damaged-"))
        #expect(!kept.contains("reagent-"), "a supervisor starts what is called so (system.md, S-5)")
        #expect(try AtomicFile.read(fixture.directory.path(kept)) == before)
    }

    @Test("a log that was written half, or is garbage, costs what was not committed and nothing else")
    func halfLog() async throws {
        for cut in [Int.max, 4000, 100, 10] {
            let fixture = StoreFixture()
            let store = try await fixture.open()
            try await store.store(.sample(), installed: .sample())
            // As a power cut leaves them: copies while the database is open.
            let copy = StoreFixture()
            for suffix in ["", "-wal"] {
                var bytes = try AtomicFile.read(fixture.path + suffix)
                if suffix == "-wal", cut < bytes.count { bytes.removeLast(bytes.count - cut) }
                if suffix == "-wal" { bytes += Array(repeating: 0x5A, count: 3000) }
                try AtomicFile.write(bytes, to: copy.path + suffix, keepBackup: false)
            }
            await store.close()
            let reopened = await SQLiteAgentStore.opening(path: copy.path, time: copy.time) { _ in }
            // All of it or nothing, and it can be written.
            #expect(try await reopened.loadApps().count == (cut == .max ? 1 : 0))
            try await reopened.store(.sample(), installed: .sample())
            await reopened.close()
            #expect(try copy.rows("PRAGMA integrity_check") == [["ok"]])
        }
    }

    @Test("a file that the disk does not give is left alone; calls throw a sentence until they can have it")
    func later() async throws {
        let path = fixture.directory.path("gone/reagent.db")
        var sentences: [String] = []
        let store = await SQLiteAgentStore.opening(path: path, time: fixture.time) { sentences.append($0) }
        #expect(sentences.count == 1)
        #expect(sentences.first?.hasPrefix("the database cannot be opened and is tried again: cannot open ") == true)
        await #expect(throws: StoreError.self) { _ = try await store.loadApps() }
        await #expect(throws: StoreError.self) { try await store.store(.sample(), installed: .sample()) }
        try Directory.create(fixture.directory.path("gone"))
        try await store.store(.sample(), installed: .sample())
        #expect(try await store.loadApps().count == 1)
        await store.close()
        await #expect(throws: StoreError.self) { _ = try await store.loadApps() }
    }
}

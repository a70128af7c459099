import AsyncSupport
import AsyncTestKit
import DeviceProtocol
import Foundation
import SQLite
import StudioCore
import Testing
import Values

@testable import StudioServer

@Suite("What the studio keeps")
struct StoreTests {
    private static func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require((attributes[.posixPermissions] as? NSNumber)?.intValue)
    }

    @Test("the database and its side files are for their owner alone: they hold the devices' secrets")
    func fileMode() async throws {
        try await Bench.inDirectory { directory in
            try await Bench.open(directory) { bench in
                try await bench.enrol()
                let files = try FileManager.default.contentsOfDirectory(atPath: directory)
                #expect(files.contains("studio.db-wal"))
                for file in files { #expect(try Self.mode(directory + "/" + file) == 0o600, "\(file)") }
            }
        }
    }

    @Test("a file that was readable by everybody is closed to them")
    func oldFile() async throws {
        try await Bench.inDirectory { directory in
            let path = Bench.database(in: directory)
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o644])
            let mode = try await Bench.open(directory) { _ in try Self.mode(path) }
            #expect(mode == 0o600)
        }
    }

    @Test("devices, wishes, restarts and keys survive a restart of the studio")
    func reopening() async throws {
        try await Bench.inDirectory { directory in
            let before = try await Bench.open(directory) { bench in
                try await bench.enrol("kiosk")
                try await bench.enrol("other")
                try await bench.status("CONNECTED", session: 7)
                try await bench.run("hello:1", environment: ["A": "ü\"1"])
                try await bench.report("RUNNING")
                try await bench.run("hello:2", environment: ["A": "2"])
                return try await Self.everything(bench)
            }
            let after = try await Bench.open(directory) { try await Self.everything($0) }
            #expect(before == after)
            try await Bench.open(directory) { bench in
                try await bench.report("PRESENT")
                #expect(bench.outlet.targets == ["RUNNING"], "the restart goes on")
                #expect(try await bench.enrol("third")["device_key"] == 3)
                try await bench.run("third:1")
                #expect(try await bench.app("third")?["key"] == 2)
            }
        }
    }

    /// All that can be asked.
    private static func everything(_ bench: Bench) async throws -> [Value] {
        var all = try await bench.call(OperatorProcedures.listDevices, [], as: Bench.system)
        all += try await bench.rows()
        for device: UInt64 in [1, 2] {
            all += try await bench.call(BackendProcedure.getAppCredentialKey, [], as: .device(device))
            all += try await bench.call(
                OperatorProcedures.authenticate, ["realm1", .string("1-\(device)"), [:]], as: Bench.router)
        }
        return all
    }

    @Test("the credential key of a device is 256 bits, stays, and is another one for each device")
    func credentialKey() async throws {
        try await Bench.with { bench in
            try await bench.enrol("a")
            try await bench.enrol("b")
            let first = try await bench.call(BackendProcedure.getAppCredentialKey, [], as: .device(1))
            #expect(first[0].string?.wholeMatch(of: /[0-9a-f]{64}/) != nil)
            #expect(try await bench.call(BackendProcedure.getAppCredentialKey, [], as: .device(1)) == first)
            #expect(try await bench.call(BackendProcedure.getAppCredentialKey, [], as: .device(2)) != first)
        }
    }

    @Test("a decision that is refused half way leaves nothing behind")
    func rollback() async throws {
        try await Bench.inDirectory { directory in
            let store = try await StudioStore(path: Bench.database(in: directory))
            await #expect(throws: StudioError(.invalid, "no")) {
                try await store.write { tables throws(StudioError) in
                    _ = try tables.appKey(of: "hello")
                    throw StudioError(.invalid, "no")
                }
            }
            let key = try await store.write { tables throws(StudioError) in try tables.appKey(of: "other") }
            #expect(key == 1)
            await store.close()
        }
    }

    @Test("a file that is no database is an error in a sentence, and is left as it is")
    func noDatabase() async throws {
        try await Bench.inDirectory { directory in
            let path = Bench.database(in: directory)
            let text = String(repeating: "this is no database. ", count: 100)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let error = await #expect(throws: StudioError.self) { _ = try await StudioStore(path: path) }
            #expect(error?.code == .storage)
            #expect(error?.message.hasPrefix("the studio's database does not work: ") == true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
    }

    @Test("a directory that is not there is an error that names the file")
    func noDirectory() async throws {
        let error = await #expect(throws: StudioError.self) { _ = try await StudioStore(path: "/nowhere/studio.db") }
        #expect(error?.code == .storage)
        #expect(error?.message.contains("/nowhere/studio.db") == true)
    }

    @Test("a database that fails is an error of the call, not an answer", arguments: ["status", "secret"])
    func damagedRow(column: String) async throws {
        try await Bench.inDirectory { directory in
            _ = try await Bench.open(directory) { try await $0.enrol() }
            let database = try await Database(path: Bench.database(in: directory))
            try await database.write { connection throws(SQLiteError) in
                try connection.execute("UPDATE Devices SET \(column) = x'00'")
            }
            await database.close()
            try await Bench.open(directory) { bench in
                let listing = try await bench.error(OperatorProcedures.listDevices, [], as: Bench.system)
                #expect(listing == "studio.storage_failed")
                let question: [Value] = ["realm1", "1-1", [:]]
                let joining = try await bench.error(OperatorProcedures.authenticate, question, as: Bench.router)
                #expect(joining == "studio.storage_failed")
            }
        }
    }

    @Test("keys and sessions beyond 2^63 come back as they were")
    func hugeNumbers() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.status("CONNECTED", session: .max)
            let will: Value = ["device_key": 1, "wamp_session_id": .integer(.max)]
            try await bench.testament([will], as: .device(1))
            #expect(try await bench.device()["connected"] == false)
        }
    }
}

import AsyncSupport
import AsyncTestKit
import Files
import Logging
import Testing
import Values

@testable import AgentRuntime

@Suite("The agent's log")
struct AgentLogTests {
    private func objects(_ path: String) throws -> [Object] {
        try lines(path).map { try #require(try JSON.decode($0).object) }
    }

    @Test("every line is in the file, in order, when run has returned; the file has mode 0600")
    func order() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/deep/reagent.log"
            let log = AgentLog(file: path, level: .debug)
            var logger = log.logger("agent")
            logger[metadataKey: "app"] = "shop"
            for number in 0..<100 { logger.info("line \(number)", metadata: ["n": "\(number)"]) }
            logger.trace("not wanted")
            log.finish()
            await log.run()
            let objects = try objects(path)
            #expect(objects.map { $0["message"]?.string } == (0..<100).map { "line \($0)" })
            #expect(objects.allSatisfy { $0["app"] == "shop" })
            #expect(objects[7]["n"] == "7")
            #expect(objects[7]["caller"]?.string?.hasPrefix("AgentRuntimeTests/AgentLogTests.swift:") == true)
            #expect(try FileStatus.of(path).mode == 0o600)
        }
    }

    @Test("a clock that jumps a year changes the stamps only: every line is there, in the order of its making")
    func clockJump() async throws {
        try await withTemporaryDirectory { directory in
            let time = ManualTime()
            let log = AgentLog(file: directory + "/a.log", level: .info, time: time)
            let logger = log.logger("agent")
            let start = time.wall
            for years in [0, 1, -1] {
                time.wall = start.advanced(by: .seconds(365 * 86_400) * years)
                logger.info("\(years)")
            }
            log.finish()
            await log.run()
            let objects = try objects(directory + "/a.log")
            #expect(objects.map { $0["message"] } == ["0", "1", "-1"])
            #expect(objects.compactMap { $0["time"]?.string?.prefix(4) } == ["2026", "2027", "2025"])
        }
    }

    @Test("a logger never waits: what a slow disk cannot take is lost oldest first, counted and said")
    func overflow() async throws {
        try await withTemporaryDirectory { directory in
            let log = AgentLog(file: directory + "/a.log", level: .info, capacity: 3)
            let logger = log.logger("agent")
            for number in 0..<10 { logger.info("line \(number)") }
            #expect(log.dropped == 7)
            log.finish()
            await log.run()
            let objects = try objects(directory + "/a.log")
            #expect(objects.map { $0["message"]?.string?.hasPrefix("line") } == [false, true, true, true])
            #expect(objects[0]["lost"] == "7")
            #expect(objects[0]["level"] == "warn")
            #expect(objects[3]["message"] == "line 9")
        }
    }

    @Test("a log file that cannot be written stops nobody")
    func unwritable() async throws {
        try await withTemporaryDirectory { directory in
            try Directory.create(directory + "/is-a-directory")
            let log = AgentLog(file: directory + "/is-a-directory", level: .info)
            log.logger("agent").info("lost")
            log.finish()
            await log.run()
            #expect(try Directory.list(directory + "/is-a-directory").isEmpty)
        }
    }

    @Test("lines that the disk did not take are counted, and the file says how many when it goes on")
    func missingLines() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/a.log"
            // A directory takes no lines, like a full disk.
            try Directory.create(path)
            let writer = LogWriter(path: path, limit: 1 << 20)
            let remark: @Sendable (UInt64) -> [UInt8]? = { bytes("\($0) lines were not written\n") }
            for number in 0..<3 { await writer.append(bytes("line \(number)\n"), remark: remark) }
            try Directory.remove(path)
            for number in 3..<5 { await writer.append(bytes("line \(number)\n"), remark: remark) }
            await writer.finish(remark: remark)
            #expect(try lines(path) == ["3 lines were not written", "line 3", "line 4"])
        }
    }

    @Test("lines are added to the file of the agent before, whatever is in it")
    func takesOver() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/a.log"
            try AtomicFile.write(bytes("not JSON\n"), to: path, mode: 0o640)
            let log = AgentLog(file: path, level: .info)
            log.logger("agent").info("new")
            log.finish()
            await log.run()
            #expect(try lines(path).count == 2)
            #expect(try lines(path)[0] == "not JSON")
            #expect(try FileStatus.of(path).mode == 0o640)
        }
    }

    @Test("the time of a line is when it was logged, not when it was written")
    func time() async throws {
        try await withTemporaryDirectory { directory in
            let time = ManualTime()
            let log = AgentLog(file: directory + "/a.log", level: .info, time: time)
            let logged = time.wall
            log.logger("agent").info("x")
            time.advance(by: .seconds(3600))
            log.finish()
            await log.run()
            let line = try #require(try objects(directory + "/a.log").first)
            #expect(line["time"]?.string == logged.rfc3339Local())
        }
    }
}

import AgentCore
import AgentDocker
import AsyncSupport
import DockerEngine
import IntegrationTestKit
import Testing
import Values

@Suite("Logs of the real engine")
struct LogIntegrationTests {
    @Test("C5: bounds given as times are converted, so the engine does not refuse them (C-37)")
    func bounds() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let name = try await fixture.finish("echo one; sleep 0.3; echo two")
            let all = try await fixture.lines(of: name, LogOptions(timestamps: true))
            #expect(all.map(\.text) == ["one", "two"])
            let second = try #require(all.last?.time)
            #expect(try await fixture.lines(of: name, LogOptions(since: second)).map(\.text) == ["two"])
            let before = second.advanced(by: .milliseconds(-100))
            #expect(try await fixture.lines(of: name, LogOptions(until: before)).map(\.text) == ["one"])
        }
    }

    @Test("C7: a container without terminal that prints exactly ten bytes gives one line and no junk")
    func tenBytes() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let name = try await fixture.finish("echo 123456789; echo error >&2")
            #expect(try await Set(fixture.lines(of: name).map(\.text)) == ["123456789", "error"])
        }
    }

    @Test(
        "C8: a line of 40 000 bytes with stamps is one line with one stamp, with and without terminal",
        arguments: [false, true])
    func longLine(tty: Bool) async throws {
        try await EngineFixture.run { (fixture) async throws in
            let name = try await fixture.finish("head -c 40000 /dev/zero | tr '\\0' x; echo; echo end", tty: tty)
            let lines = try await fixture.lines(of: name, LogOptions(timestamps: true))
            #expect(lines.map(\.text) == [String(repeating: "x", count: 40_000), "end"])
            #expect(lines.allSatisfy { $0.time != nil })
        }
    }

    @Test("C9: a terminal's log has its carriage returns stripped and no frame headers")
    func terminal() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let name = try await fixture.finish("echo one; echo two", tty: true)
            #expect(try await fixture.lines(of: name).map(\.text) == ["one", "two"])
            #expect(try await fixture.lines(of: name, LogOptions(tail: 1)).map(\.text) == ["two"])
            #expect(try await fixture.lines(of: name, LogOptions(tail: 0)).isEmpty)
        }
    }

    @Test("C10: a container with the log driver 'none' is told as not readable")
    func notReadable() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let name = try await fixture.run("sleep 100", host: ["LogConfig": ["Type": "none"]])
            let error = await fixture.error { _ = try await fixture.lines(of: name) }
            #expect(error?.code == .logsNotReadable && error?.status == 501)
        }
    }

    @Test("C11: following a container that was never started ends at once, empty")
    func neverStarted() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let name = try await fixture.create("echo never")
            #expect(try await fixture.lines(of: name, LogOptions(follow: true)).isEmpty)
        }
    }

    @Test("C12: a follower ends when its container restarts, and goes on from the last stamp without duplicates")
    func restart() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let name = try await fixture.run("trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done")
            let seen = Collected<LogLine>()
            let client = fixture.client
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let options = LogOptions(follow: true, timestamps: true)
                    try await client.containerLogs(of: name, options) { seen.add($0) }
                }
                #expect(try await seen.wait { $0.count == 1 })
                try await client.restartContainer(name, grace: .seconds(2))
                // The first follower returns by itself: the stream ended.
                try await group.waitForAll()
            }
            let last = try #require(seen.all.last?.time)
            let rest = LogOptions(since: last.advanced(by: .nanoseconds(1)), timestamps: true)
            #expect(try await fixture.lines(of: name, rest).map(\.text) == ["up"])
            #expect(seen.all.map(\.text) == ["up"])
        }
    }

    @Test("a follower sees lines as they come and ends as 'canceled' when its task is cancelled")
    func follow() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let name = try await fixture.run("while :; do echo tick; sleep 0.1; done")
            let seen = Collected<ContainerLogLine>()
            let feed = DockerEngineFeed(client: fixture.client)
            let follower = Task { () -> EngineError? in
                do {
                    try await feed.readLogs(of: name, LogQuery(follow: true)) { seen.add($0) }
                    return nil
                } catch { return error as? EngineError }
            }
            #expect(try await seen.wait { $0.count >= 3 })
            follower.cancel()
            #expect(await follower.value?.code == .canceled)
        }
    }
}

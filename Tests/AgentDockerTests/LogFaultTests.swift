import AgentCore
import AgentDocker
import AsyncSupport
import AsyncTestKit
import DockerTestKit
import Synchronization
import Testing

@Suite("Logs of an engine that misbehaves")
struct LogFaultTests {
    private static func stamp(_ number: Int) -> String {
        let digits = "\(number)"
        return "2026-01-01T00:00:\(number < 10 ? "0" : "")\(digits).000000001Z"
    }

    private static func frame(_ stream: UInt8, _ text: String) -> [UInt8] {
        let size = UInt32(text.utf8.count)
        return [stream, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } + Array(text.utf8)
    }

    private static func line(_ number: Int, stream: UInt8 = 1) -> [UInt8] {
        frame(stream, "\(stamp(number)) line \(number)\n")
    }

    private static func answer(_ frames: [[UInt8]], _ more: FakeAnswer.Step...) -> FakeAnswer {
        var answer = FakeAnswer(
            headers: [("Content-Type", "application/vnd.docker.multiplexed-stream")],
            steps: frames.map(FakeAnswer.Step.bytes))
        answer.steps += more
        return answer
    }

    private final class NoStore: LogStore {
        func storeLog(_ lines: [String], of id: AppID, name: String) async throws(StoreError) {}
        func loadLog(of id: AppID) async throws(StoreError) -> [String]? { nil }
    }

    /// Follows the container of an engine that gives these answers and returns what is kept of it.
    private func follow(_ answers: [FakeAnswer], until last: String) async throws -> [String] {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/containers/prod_6_a/json",
                .json(#"{"Id":"1","Name":"/prod_6_a","State":{"Status":"running"},"Config":{"Tty":false}}"#))
            engine.order("GET", "/containers/prod_6_a/logs", answers)
            let time = ManualTime()
            let service = LogService(
                context: DeviceContextHolder(DeviceContext(serialNumber: "S1", deviceKey: 3, swarmKey: 2)),
                feed: DockerEngineFeed(client: client), store: NoStore(), time: time)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await service.run() }
                await service.follow(container: "prod_6_a", as: "prod_6_a")
                var lines: [String] = []
                for _ in 0..<2000 {
                    lines = try await service.history(of: "prod_6_a").filter { !$0.hasPrefix("The log of") }
                    if lines.last == last { break }
                    time.advance(by: .milliseconds(200))
                    try await SystemTime().sleep(for: .milliseconds(2))
                }
                group.cancelAll()
                return lines
            }
        }
    }

    @Test("frames that are none, a cut in a frame and a cut before the head: no line is lost, none comes twice")
    func garbage() async throws {
        let lines = try await follow(
            [
                Self.answer([Self.line(1), Self.line(2), Array("GARBAGE-GARBAGE".utf8)]),
                Self.answer([Self.line(1), Self.line(2), Self.line(3), Array(Self.line(4).prefix(20))], .cut),
                .hangUp, .error(500, "the log is locked"), .text("<html>", status: 502),
                Self.answer(
                    [Self.line(3), Self.frame(0, "\(Self.stamp(4)) line 4\n"), Self.line(5, stream: 2)], .hang),
            ], until: "line 5")
        #expect(lines == (1...5).map { "line \($0)" })
    }

    @Test("a line far above every limit, with a stream that breaks in it: each piece is kept once, in order")
    func longLine() async throws {
        let fragment = String(repeating: "x", count: 16 << 10)
        let fragments = (0..<36).map { _ in Self.frame(1, "\(Self.stamp(2)) \(fragment)") }
        let end = Self.frame(1, "\(Self.stamp(2)) end\n")
        let lines = try await follow(
            [
                Self.answer([Self.line(1)] + fragments.prefix(20), .pause(.milliseconds(100)), .cut),
                Self.answer([Self.line(1)] + fragments + [end, Self.line(3)], .hang),
            ], until: "line 3")
        #expect(lines.first == "line 1")
        #expect(lines.last == "line 3")
        let text = lines.dropFirst().dropLast().joined()
        #expect(text.utf8.count == 36 * fragment.utf8.count + 3 && text.hasSuffix("end"))
    }
}

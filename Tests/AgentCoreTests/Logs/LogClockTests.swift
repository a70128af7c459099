import AgentCore
import AsyncSupport
import Testing

/// The log of one container as an old engine keeps it: in the order of arrival, filtered line by line by its stamps.
private struct EngineLog {
    private(set) var lines: [ContainerLogLine] = []
    var clock = WallTime(seconds: 1_767_323_045)

    mutating func write(_ count: Int) {
        for _ in 0..<count {
            clock = clock.advanced(by: .milliseconds(3))
            lines.append(ContainerLogLine(time: clock, text: "line \(lines.count)"))
        }
    }

    func answer(_ query: LogQuery) -> [ContainerLogLine] {
        let tail = lines.suffix(query.tail ?? .max)
        guard let since = query.since else { return Array(tail) }
        return tail.filter { $0.time.map { $0 >= since } ?? true }
    }
}

@Suite("Logs and a clock that jumps")
struct LogClockTests {
    private static let year = Duration.seconds(365 * 86_400)
    private static let back = Duration.seconds(-365 * 86_400)
    private static let cases: [[Duration]] = [
        [year], [back], [year, back], [back, year], [back, back, year, year],
    ]

    @Test(
        "a year forth and back while the engine was away: no line is lost and none comes twice",
        arguments: cases)
    func jumps(_ jumps: [Duration]) {
        var log = EngineLog()
        var position = LogPosition()
        var seen: [String] = []
        func attach(stoppingAfter limit: Int = .max) {
            var read = 0
            for line in log.answer(position.attach(now: log.clock)) where read < limit {
                if position.accept(line) { seen.append(line.text) }
                read += 1
            }
        }
        log.write(20)
        attach()
        for jump in jumps {
            log.write(300)
            log.clock = log.clock.advanced(by: jump)
            log.write(400)
            attach()
            #expect(seen == log.lines.map(\.text), "after a jump of \(jump)")
            // Once more, with nothing new, and with a stream that broke in the middle of what is new.
            attach()
            log.write(50)
            attach(stoppingAfter: 20)
            attach()
            #expect(seen == log.lines.map(\.text))
        }
    }

    @Test("a jump while lines come in changes nothing about what was seen")
    func whileFollowing() {
        var log = EngineLog()
        var position = LogPosition()
        _ = position.attach(now: log.clock)
        var seen: [String] = []
        for jump in [Duration.zero, Self.back, Self.year, Self.back] {
            log.clock = log.clock.advanced(by: jump)
            let before = log.lines.count
            log.write(10)
            for line in log.lines[before...] where position.accept(line) { seen.append(line.text) }
        }
        #expect(seen == log.lines.map(\.text))
        for line in log.answer(position.attach(now: log.clock)) where position.accept(line) { seen.append(line.text) }
        #expect(seen == log.lines.map(\.text))
    }

    @Test("two streams that are stamped out of order by a little are no jump")
    func disorder() {
        var position = LogPosition()
        _ = position.attach(now: WallTime(seconds: 100))
        let stamps = [WallTime(seconds: 10, nanoseconds: 5), WallTime(seconds: 10, nanoseconds: 2)]
        for stamp in stamps { _ = position.accept(ContainerLogLine(time: stamp, text: "x")) }
        #expect(position.attach(now: WallTime(seconds: 100)) == LogQuery(since: stamps[1], follow: true))
        let isRepeated = position.accept(ContainerLogLine(time: stamps[0], text: "x"))
        #expect(!isRepeated)
    }

    @Test("what is remembered of a log stays small")
    func window() {
        var position = LogPosition()
        _ = position.attach(now: WallTime(seconds: 0))
        for number in 0..<100_000 {
            _ = position.accept(ContainerLogLine(time: WallTime(seconds: Int64(number)), text: "x"))
        }
        _ = position.attach(now: WallTime(seconds: 5))
        var dropped = 0
        for number in 0..<100_000
        where !position.accept(ContainerLogLine(time: WallTime(seconds: Int64(number)), text: "x")) { dropped += 1 }
        #expect((1000...2000).contains(dropped))
    }
}

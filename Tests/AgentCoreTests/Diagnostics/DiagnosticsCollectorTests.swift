import AgentCore
import AsyncSupport
import AsyncTestKit
import Synchronization
import Testing
import Values

@Suite("Diagnostics collector")
struct DiagnosticsCollectorTests {
    private func withCollector(
        _ sources: [DiagnosticsSource], _ body: (DiagnosticsCollector, ManualTime) async throws -> Void
    ) async throws {
        let time = ManualTime()
        let collector = DiagnosticsCollector(sources: sources, time: time)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await collector.run() }
            try await body(collector, time)
            group.cancelAll()
        }
    }

    @Test("all parts in the order of the sources, parts of parts below them")
    func order() async throws {
        try await withCollector([
            .value("first") { 1 },
            DiagnosticsSource("apps") { .parts([.value("PROD_7") { "rest" }, .value("PROD_6") { "pull" }]) },
            .value("last") { ["a": true] },
        ]) { collector, _ in
            let object = await collector.snapshot()
            #expect(object.keys == ["first", "apps", "last"])
            #expect(object["apps"]?.object?.keys == ["PROD_7", "PROD_6"])
            #expect(object == ["first": 1, "apps": ["PROD_7": "rest", "PROD_6": "pull"], "last": ["a": true]])
        }
    }

    @Test("a part that does not answer within 1 s is busy and hides no other, also not its own sisters")
    func busy() async throws {
        let (gate, readings) = (Gate(), Readings())
        try await withCollector([
            .value("fine") {
                readings.add()
                return 1
            },
            DiagnosticsSource("apps") {
                .parts([
                    .value("stuck") {
                        readings.add()
                        try? await gate.wait()
                        return "late"
                    },
                    .value("free") {
                        readings.add()
                        return 2
                    },
                ])
            },
        ]) { collector, time in
            async let asked = collector.snapshot()
            await time.passLimit { readings.count == 3 }
            let object = await asked
            #expect(object == ["fine": 1, "apps": ["stuck": "busy", "free": 2]])
            await gate.open()
        }
    }

    @Test("a part that hangs is asked once, however often somebody comes; then it answers again")
    func askedOnce() async throws {
        let (gate, readings) = (Gate(), Readings())
        try await withCollector([
            .value("stuck") {
                readings.add()
                try? await gate.wait()
                return 3
            }
        ]) { collector, time in
            for _ in 0..<3 {
                async let asked = collector.snapshot()
                await time.passLimit { readings.count == 1 }
                #expect(await asked == ["stuck": "busy"])
            }
            #expect(readings.count == 1)
            await gate.open()
            var object = await collector.snapshot()
            while object == ["stuck": "busy"] { object = await collector.snapshot() }
            #expect(object == ["stuck": 3])
        }
    }

    @Test("seconds are rounded to the millisecond; what is due has nothing left")
    func seconds() {
        #expect(Value.seconds(.microseconds(1_234_567)) == 1.235)
        #expect(Value.remaining(until: .seconds(5), now: .seconds(3)) == 2.0)
        #expect(Value.remaining(until: .seconds(5), now: .seconds(9)) == 0.0)
    }
}

extension ManualTime {
    /// Moves the time over the limit as soon as only the part that hangs is waited for; the others have had their turn.
    fileprivate func passLimit(when isReached: () -> Bool) async {
        while !isReached() || sleeperCount != 1 { await Task.yield() }
        for _ in 0..<200 { await Task.yield() }
        advance(by: DiagnosticsCollector.limit)
    }
}

/// Counts the readings of a part.
private final class Readings: Sendable {
    private let value = Atomic(0)
    var count: Int { value.load(ordering: .relaxed) }
    func add() { value.add(1, ordering: .relaxed) }
}

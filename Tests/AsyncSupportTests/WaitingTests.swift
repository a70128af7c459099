import AsyncTestKit
import Testing

@testable import AsyncSupport

@Suite("Gate, wake signal and single flight")
struct WaitingTests {
    @Test("a gate holds everybody until it opens, and nobody afterwards")
    func gate() async throws {
        let gate = Gate()
        #expect(!gate.isOpen)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { try await gate.wait() } }
            await gate.open()
            await gate.open()
            try await group.waitForAll()
        }
        try await gate.wait()
        #expect(gate.isOpen)
    }

    @Test("waiting at a closed gate ends with the task's cancellation")
    func gateCancelled() async {
        let gate = Gate()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await gate.wait() }
            group.addTask { try await gate.wait() }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(!gate.isOpen)
    }

    @Test("wakes before a look count as one, a wake during a look is not lost")
    func wakeSignal() async throws {
        let signal = WakeSignal()
        for _ in 0..<5 { await signal.wake() }
        try await signal.next()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await signal.next() }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        await signal.wake()
        try await signal.next()
    }

    @Test("ten callers of one key share one run, another key is independent")
    func singleFlight() async throws {
        let flights = SingleFlight<String, Int>()
        let (runs, landing) = (Shared(0), Gate())
        let results = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    try await flights.run("key") {
                        let run = runs.change { count in
                            count += 1
                            return count
                        }
                        try await landing.wait()
                        return run
                    }
                }
            }
            while await flights.waiterCount("key") < 9 { await Task.yield() }
            #expect(try await flights.run("other") { -1 } == -1)
            await landing.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == Array(repeating: 1, count: 10))
        #expect(runs.value == 1)
        #expect(try await flights.run("key") { 2 } == 2)
    }

    @Test("when the working caller is cancelled, a waiter does the work anew")
    func leaderCancelled() async throws {
        let flights = SingleFlight<Int, String>()
        let (time, follower) = (ManualTime(), Gate())
        let leader = Task {
            try await flights.run(1) {
                try await time.sleep(for: .seconds(60))
                return "leader"
            }
        }
        await time.waitForSleepers(count: 1)
        async let second = flights.run(1) {
            await follower.open()
            return "follower"
        }
        while await flights.waiterCount(1) < 1 { await Task.yield() }
        leader.cancel()
        await #expect(throws: CancellationError.self) { try await leader.value }
        #expect(try await second == "follower")
    }

    @Test("an error is shared and then forgotten")
    func sharedError() async throws {
        let flights = SingleFlight<Int, Int>()
        await #expect(throws: DeadlineExceeded.self) {
            try await flights.run(1) { throw DeadlineExceeded(limit: .zero) }
        }
        #expect(try await flights.run(1) { 7 } == 7)
    }
}

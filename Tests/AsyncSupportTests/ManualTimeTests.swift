import AsyncSupport
import AsyncTestKit
import Testing

@Suite("Manual time")
struct ManualTimeTests {
    @Test("advancing wakes exactly the sleepers whose time has come, of two hundred")
    func manySleepers() async throws {
        let time = ManualTime()
        let woken = Shared<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for second in 1...200 {
                group.addTask {
                    try await time.sleep(for: .seconds(second))
                    woken.change { $0.append(second) }
                }
            }
            await time.waitForSleepers(count: 200)
            time.advance(by: .seconds(150))
            for _ in 1...150 { try await group.next() }
            #expect(woken.value.sorted() == Array(1...150))
            #expect(time.sleeperCount == 50)
            time.advance(by: .seconds(50))
            try await group.waitForAll()
        }
        #expect(woken.value.count == 200)
        #expect(time.monotonic == .seconds(200))
    }

    @Test("a cancelled sleeper throws at once and is forgotten")
    func cancellation() async {
        let time = ManualTime()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await time.sleep(for: .seconds(1)) }
            await time.waitForSleepers(count: 1)
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(time.sleeperCount == 0)
    }

    @Test("a sleep of nothing returns without an advance")
    func zeroSleep() async throws {
        let time = ManualTime()
        try await time.sleep(for: .zero)
        try await time.sleep(for: .seconds(-1))
        #expect(time.monotonic == .zero)
    }

    @Test("the wall clock moves along and can jump without touching monotonic time")
    func wall() {
        let time = ManualTime(wall: WallTime(seconds: 10))
        time.advance(by: .milliseconds(1500))
        #expect(time.wall == WallTime(seconds: 11, nanoseconds: 500_000_000))
        time.wall = WallTime(seconds: 3)
        #expect(time.wall == WallTime(seconds: 3))
        #expect(time.monotonic == .milliseconds(1500))
    }

    @Test("waiting for sleepers ends when the waiting task is cancelled")
    func waitCancelled() async {
        let time = ManualTime()
        await withTaskGroup { group in
            group.addTask { await time.waitForSleepers(count: 1) }
            group.cancelAll()
        }
        #expect(time.sleeperCount == 0)
    }

    @Test("the machine's clocks: monotonic never goes back, sleep is cancellable")
    func systemTime() async {
        let time = SystemTime()
        let first = time.monotonic
        #expect(time.monotonic >= first)
        #expect(time.wall > WallTime(seconds: 1_700_000_000))
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await time.sleep(for: .seconds(3600)) }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
    }
}

import AsyncSupport
import AsyncTestKit
import Testing

@Suite("Deadlines and cleanup")
struct DeadlineTests {
    @Test("a body in time gives its result and leaves no sleeper behind")
    func inTime() async throws {
        let time = ManualTime()
        #expect(try await withDeadline(.seconds(1), on: time) { 5 } == 5)
        #expect(time.sleeperCount == 0)
    }

    @Test("a body that is too slow is cancelled and its end is awaited")
    func tooSlow() async {
        let time = ManualTime()
        let bodyEnded = Shared(false)
        await withTaskGroup { group in
            group.addTask {
                await #expect(throws: DeadlineExceeded(limit: .seconds(5))) {
                    try await withDeadline(.seconds(5), on: time) {
                        defer { bodyEnded.change { $0 = true } }
                        try await time.sleep(for: .seconds(60))
                    }
                }
                #expect(bodyEnded.value)
            }
            await time.waitForSleepers(count: 2)
            time.advance(by: .seconds(5))
        }
        #expect(time.sleeperCount == 0)
    }

    @Test("the body's own error comes through")
    func bodyFails() async {
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await withDeadline(.seconds(1), on: ManualTime()) { throw Failure() }
        }
    }

    @Test("cancelling the caller cancels the body, whose answer counts")
    func callerCancelled() async throws {
        let time = ManualTime()
        let task = Task {
            try await withDeadline(.seconds(5), on: time) {
                try? await time.sleep(for: .seconds(60))
                return Task.isCancelled ? "cleaned up" : "slept"
            }
        }
        await time.waitForSleepers(count: 2)
        task.cancel()
        #expect(try await task.value == "cleaned up")
    }

    @Test("cleanup runs uncancelled after a cancelled body, and is awaited")
    func cleanupUnderCancellation() async {
        let time = ManualTime()
        let cleanedUp = Shared(false)
        let task = Task {
            try await withCleanup {
                try await time.sleep(for: .seconds(60))
            } cleanup: {
                await Task.yield()
                cleanedUp.change { $0 = !Task.isCancelled }
            }
        }
        await time.waitForSleepers(count: 1)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(cleanedUp.value)
    }

    @Test("cleanup runs after success and keeps result and error type")
    func cleanupAfterSuccess() async {
        let count = Shared(0)
        let value = await withCleanup({ 3 }, cleanup: { count.change { $0 += 1 } })
        #expect(value == 3)
        await #expect(throws: DeadlineExceeded.self) {
            try await withCleanup(
                { () async throws(DeadlineExceeded) in throw DeadlineExceeded(limit: .zero) },
                cleanup: { count.change { $0 += 1 } })
        }
        #expect(count.value == 2)
    }

    @Test("back-off grows to its limit, stays within its jitter, and begins again after a reset")
    func backoff() {
        let policy = Backoff.Policy(initial: .seconds(1), maximum: .seconds(10), multiplier: 2, jitter: 0)
        var plain = Backoff(policy: policy, seed: 1)
        #expect((0..<6).map { _ in plain.next() } == [1, 2, 4, 8, 10, 10].map { .seconds($0) })
        plain.reset()
        #expect(plain.next() == .seconds(1))

        var jittered = policy
        jittered.jitter = 0.5
        var (one, same, other) = (
            Backoff(policy: jittered, seed: 7), Backoff(policy: jittered, seed: 7), Backoff(policy: jittered, seed: 8)
        )
        let delays = (0..<100).map { _ in one.next() }
        #expect(delays == (0..<100).map { _ in same.next() })
        #expect(delays != (0..<100).map { _ in other.next() })
        #expect(delays.dropFirst(4).allSatisfy { $0 >= .seconds(5) && $0 <= .seconds(10) })
    }
}

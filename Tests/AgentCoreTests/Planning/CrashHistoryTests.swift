import AgentCore
import Testing

@Suite("Crash history")
struct CrashHistoryTests {
    @Test(
        "T58: retries 0, 2, 100, 1000: 4 to 6 s, 16 to 24 s, 48 to 72 min, 48 to 72 min",
        arguments: [(0, 4, 6), (2, 16, 24), (100, 2880, 4320), (1000, 2880, 4320)])
    func delays(_ attempt: Int, _ shortest: Int, _ longest: Int) {
        #expect(isNear(CrashHistory.delay(attempt: attempt, spread: 0.8), .seconds(shortest)))
        #expect(isNear(CrashHistory.delay(attempt: attempt, spread: 1.2), .seconds(longest)))
    }

    @Test("the cap is reached at 27")
    func cap() {
        #expect(CrashHistory.delay(attempt: 26, spread: 1) == .seconds(3380))
        #expect(CrashHistory.delay(attempt: 27, spread: 1) == .seconds(3600))
    }

    @Test("ordinals as people say them")
    func ordinals() {
        let expected = [
            1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 111: "111th",
        ]
        for (number, text) in expected { #expect(CrashHistory.ordinal(number) == text) }
    }

    @Test("the delay that is told is the delay that counts (2.9)")
    func oneDelay() {
        var history = CrashHistory()
        let delay = history.recordFailure(now: .seconds(100), spread: 0.9)
        #expect(history.retryAt == .seconds(100) + delay)
        #expect(history.failures == 1)
    }

    private func isNear(_ left: Duration, _ right: Duration) -> Bool {
        abs((left - right) / .seconds(1)) < 0.001
    }
}

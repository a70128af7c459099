/// Lets some lines through and counts the others, so that a hostile peer cannot fill the log. Pure: the time is given.
struct LogLimiter {
    private let burst: Double
    private let rate: Double
    private var tokens: Double
    private var updated = Duration.zero
    private var suppressed: UInt64 = 0

    /// - Parameter rate: lines per second in the long run.
    init(burst: Double = 20, rate: Double = 1) {
        self.burst = burst
        self.rate = rate
        tokens = burst
    }

    /// How many lines were left out since the last one; nil when this one is to be left out too.
    mutating func admit(at now: Duration) -> UInt64? {
        tokens = min(tokens + max((now - updated) / .seconds(1), 0) * rate, burst)
        updated = now
        guard tokens >= 1 else {
            suppressed += 1
            return nil
        }
        tokens -= 1
        defer { suppressed = 0 }
        return suppressed
    }
}

/// How often an app failed in a row and when it is tried again (app-lifecycle.md 2.9). In memory only.
public struct CrashHistory: Sendable, Equatable {
    /// Running so long forgives earlier failures (P14).
    public static let stablePeriod: Duration = .seconds(600)

    /// Failures in a row.
    public private(set) var failures = 0
    /// Not to be tried before, on the monotonic clock.
    public private(set) var retryAt: Duration?
    /// Not to be tried again before somebody asks for it: DEV apps never enter the crash loop (2.9).
    public private(set) var isGivenUp = false
    private var runningSince: Duration?

    public init() {}

    /// The app runs since now.
    public mutating func recordRunning(now: Duration) {
        retryAt = nil
        isGivenUp = false
        if runningSince == nil { runningSince = now }
    }

    /// The app failed: counts it and sets the time of the next attempt.
    /// - Parameter spread: chance in 0.8 ..< 1.2.
    /// - Returns: the delay, the same one that counts.
    public mutating func recordFailure(now: Duration, spread: Double) -> Duration {
        if let runningSince, now - runningSince >= Self.stablePeriod { failures = 0 }
        runningSince = nil
        failures += 1
        let delay = Self.delay(attempt: failures, spread: spread)
        retryAt = now + delay
        return delay
    }

    /// The app failed and stays so.
    public mutating func giveUp() {
        runningSince = nil
        isGivenUp = true
    }

    /// `min(5 s · n², 3600 s)`, spread; n is 1 to 100.
    public static func delay(attempt: Int, spread: Double) -> Duration {
        let number = min(max(attempt, 1), 100)
        return min(.seconds(5 * number * number), .seconds(3600)) * spread
    }

    /// 1st, 2nd, 3rd, 4th, 11th, 21st …
    public static func ordinal(_ number: Int) -> String {
        let suffix =
            switch (number % 100, number % 10) {
            case (11...13, _): "th"
            case (_, 1): "st"
            case (_, 2): "nd"
            case (_, 3): "rd"
            default: "th"
            }
        return "\(number)\(suffix)"
    }
}

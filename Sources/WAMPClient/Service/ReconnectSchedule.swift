/// When to try again after a connection was lost or could not be made (architecture.md section 6).
///
/// An outage begins with the first failure and ends when a session has lasted ``steadySession``. In it the first
/// retry comes at once, spread over 0–0.5 s; then every 1 s ± 50 % for five minutes; then the pause doubles to at
/// most 30 s. A refused authentication is another matter: its pause doubles to at most 5 minutes.
public struct ReconnectSchedule: Sendable {
    /// What the last try came to.
    public enum Outcome: Sendable, Hashable {
        /// No connection, or the router did not answer.
        case failed
        /// The router refused who we are or where we want to go; trying again as before is useless.
        case refused
        /// There was a session, for that long.
        case lost(after: Duration)
    }

    /// A session that ends sooner continues the outage: a router that accepts and drops must not be stormed.
    public static let steadySession = Duration.seconds(10)
    /// How long the pause stays at one second.
    public static let patience = Duration.seconds(300)
    /// With the spread of ± 50 % the longest pauses are 30 s and 5 minutes.
    static let longestPause = 20.0
    static let longestRefusedPause = 200.0

    private let random: @Sendable () -> Double
    private var outageBegan: Duration?
    private var pause = 1.0
    private var refusedPause = 1.0

    /// - Parameter random: gives numbers in 0...1; a test injects its own.
    public init(random: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }) { self.random = random }

    /// The pause before the next try.
    /// - Parameter now: monotonic time.
    public mutating func delay(after outcome: Outcome, at now: Duration) -> Duration {
        if case .lost(let lasted) = outcome, lasted >= Self.steadySession {
            outageBegan = nil
            pause = 1
        }
        if case .lost = outcome { refusedPause = 1 }
        guard let outageBegan else {
            self.outageBegan = now
            guard outcome == .refused else { return .seconds(0.5 * chance) }
            return refusedDelay()
        }
        if outcome == .refused { return refusedDelay() }
        guard now - outageBegan >= Self.patience else { return spread(1) }
        pause = min(pause * 2, Self.longestPause)
        return spread(pause)
    }

    private mutating func refusedDelay() -> Duration {
        defer { refusedPause = min(refusedPause * 2, Self.longestRefusedPause) }
        return spread(refusedPause)
    }

    /// Plus and minus 50 %.
    private func spread(_ seconds: Double) -> Duration { .seconds(seconds * (0.5 + chance)) }

    private var chance: Double { min(max(random(), 0), 1) }
}

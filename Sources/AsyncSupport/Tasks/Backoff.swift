/// Delays between attempts: each longer than the one before, up to a limit, and spread by chance so that many devices
/// do not come back in the same second.
public struct Backoff: Sendable {
    public struct Policy: Sendable, Equatable {
        /// Before the first repetition.
        public var initial: Duration
        /// Upper limit of every delay.
        public var maximum: Duration
        /// Growth from one delay to the next; at least 1.
        public var multiplier: Double
        /// Share of each delay that is left to chance, 0 to 1: with 0.5 a delay of 8 s becomes 4 to 8 s.
        public var jitter: Double

        public init(initial: Duration, maximum: Duration, multiplier: Double = 2, jitter: Double = 0.5) {
            self.initial = initial
            self.maximum = maximum
            self.multiplier = multiplier
            self.jitter = jitter
        }
    }

    private let policy: Policy
    private var current: Duration
    private var random: SplitMix64

    /// The same seed gives the same delays.
    public init(policy: Policy, seed: UInt64 = .random(in: .min ... .max)) {
        self.policy = policy
        current = min(policy.initial, policy.maximum)
        random = SplitMix64(state: seed)
    }

    /// The delay before the next attempt.
    public mutating func next() -> Duration {
        let delay = current
        current = min(current * max(policy.multiplier, 1), policy.maximum)
        let chance = Double.random(in: 0...1, using: &random)
        return delay * (1 - min(max(policy.jitter, 0), 1) * chance)
    }

    /// Begins again with the first delay, after a success.
    public mutating func reset() { current = min(policy.initial, policy.maximum) }
}

/// A small generator with a seed (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

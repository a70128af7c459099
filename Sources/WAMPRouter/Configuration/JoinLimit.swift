/// How often one address may try to join. A Unix socket's peers are exempt.
public struct JoinLimit: Sendable, Hashable {
    /// Attempts per second in the long run.
    public var rate: Double
    /// Attempts that may come at once; a whole site behind one address joins after an outage.
    public var burst: Double
    /// What a refused attempt costs on top: guessing passwords gets slower than joining.
    public var failureCost: Double
    /// Addresses remembered at the same time.
    public var maxAddresses: Int

    public init(rate: Double = 20, burst: Double = 500, failureCost: Double = 25, maxAddresses: Int = 4096) {
        self.rate = rate
        self.burst = burst
        self.failureCost = failureCost
        self.maxAddresses = maxAddresses
    }
}

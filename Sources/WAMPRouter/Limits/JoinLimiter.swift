import WAMP

/// A bucket of attempts per address. Pure: the time is given.
struct JoinLimiter {
    private struct Bucket {
        var tokens: Double
        var updated: Duration
    }

    private let limit: JoinLimit
    private var buckets: [String: Bucket] = [:]

    init(_ limit: JoinLimit) { self.limit = limit }

    /// Addresses remembered now.
    var count: Int { buckets.count }

    /// Whether that peer may try now; takes one token if so.
    mutating func admit(_ peer: PeerAddress, at now: Duration) -> Bool {
        guard let key = Self.key(peer) else { return true }
        var bucket = refilled(key, at: now)
        let isAdmitted = bucket.tokens >= 1
        if isAdmitted { bucket.tokens -= 1 }
        store(bucket, key, at: now)
        return isAdmitted
    }

    /// The attempt was refused. The bucket may go below zero, at most by one burst.
    mutating func charge(_ peer: PeerAddress, at now: Duration) {
        guard let key = Self.key(peer) else { return }
        var bucket = refilled(key, at: now)
        bucket.tokens = max(bucket.tokens - limit.failureCost, -limit.burst)
        store(bucket, key, at: now)
    }

    private func refilled(_ key: String, at now: Duration) -> Bucket {
        guard let bucket = buckets[key] else { return Bucket(tokens: limit.burst, updated: now) }
        return Bucket(tokens: tokens(bucket, at: now), updated: now)
    }

    private func tokens(_ bucket: Bucket, at now: Duration) -> Double {
        min(bucket.tokens + max((now - bucket.updated) / .seconds(1), 0) * limit.rate, limit.burst)
    }

    private mutating func store(_ bucket: Bucket, _ key: String, at now: Duration) {
        if buckets[key] == nil, buckets.count >= limit.maxAddresses { makeRoom(at: now) }
        buckets[key] = bucket
    }

    /// Forgets who has a full bucket again; failing that, whoever is nearest to it.
    private mutating func makeRoom(at now: Duration) {
        buckets = buckets.filter { tokens($0.value, at: now) < limit.burst }
        guard buckets.count >= limit.maxAddresses,
            let fullest = buckets.max(by: { tokens($0.value, at: now) < tokens($1.value, at: now) })?.key
        else { return }
        buckets[fullest] = nil
    }

    /// One customer's IPv6 network counts as one address: it has more addresses than any table has rows.
    private static func key(_ peer: PeerAddress) -> String? {
        guard case .network(let address) = peer else { return nil }
        guard address.contains(":"), !address.hasPrefix("::ffff:") else { return address }
        let groups = address.split(separator: ":", omittingEmptySubsequences: false).prefix(4)
        // `::` stands for zeros: what follows it lies behind the network's part or is taken for it, which errs on the
        // side of a larger network.
        return groups.prefix { !$0.isEmpty }.joined(separator: ":") + "::/64"
    }
}

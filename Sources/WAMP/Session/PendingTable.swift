/// Requests that were sent and are not answered, with the operations that wait for them.
///
/// An operation is in the table from ``begin(_:request:waiter:)`` or ``join(_:waiter:)`` until exactly one of
/// ``finish(_:)``, ``giveUp(_:)`` and ``drain()`` hands it out; that is what makes every waiter resume exactly once.
/// A request whose waiters all gave up stays, so that a late answer is known for what it is (wamp-protocol.md 8.5).
struct PendingTable<Kind: Sendable>: Sendable {
    struct Entry: Sendable {
        let kind: Kind
        /// In the order in which they came; empty when all gave up.
        fileprivate(set) var waiters: [OperationID]
    }

    private var entries: [UInt64: Entry] = [:]
    private var requests: [OperationID: UInt64] = [:]

    /// Requests not answered, given up or not.
    var count: Int { entries.count }

    /// Operations that wait.
    var waiting: Int { requests.count }

    /// Whether the number is taken by an unanswered request.
    func contains(_ request: UInt64) -> Bool { entries[request] != nil }

    subscript(request: UInt64) -> Entry? { entries[request] }

    /// The request that an operation waits for; nil when the operation is over.
    func request(of waiter: OperationID) -> UInt64? { requests[waiter] }

    /// Enters a request; without a waiter for one whose outcome interests nobody.
    mutating func begin(_ kind: Kind, request: UInt64, waiter: OperationID?) {
        entries[request] = Entry(kind: kind, waiters: waiter.map { [$0] } ?? [])
        if let waiter { requests[waiter] = request }
    }

    /// Lets one more operation wait for a request. False when there is no such request.
    mutating func join(_ request: UInt64, waiter: OperationID) -> Bool {
        guard entries[request] != nil else { return false }
        entries[request]?.waiters.append(waiter)
        requests[waiter] = request
        return true
    }

    /// Takes out an answered request with those who wait for it; nil for an unknown number.
    mutating func finish(_ request: UInt64) -> Entry? {
        guard let entry = entries.removeValue(forKey: request) else { return nil }
        for waiter in entry.waiters { requests[waiter] = nil }
        return entry
    }

    /// Takes out one waiter and leaves its request; nil when the operation is over.
    mutating func giveUp(_ waiter: OperationID) -> (request: UInt64, kind: Kind)? {
        guard let request = requests.removeValue(forKey: waiter), let entry = entries[request] else { return nil }
        entries[request]?.waiters.removeAll { $0 == waiter }
        return (request, entry.kind)
    }

    /// Takes out everything; the operations in the order in which they began.
    mutating func drain() -> [OperationID] {
        defer { (entries, requests) = ([:], [:]) }
        return requests.keys.sorted { $0.number < $1.number }
    }

    /// The unanswered requests of which the predicate is true, with their numbers.
    func first(where predicate: (Kind) -> Bool) -> UInt64? {
        entries.first { predicate($0.value.kind) }?.key
    }
}

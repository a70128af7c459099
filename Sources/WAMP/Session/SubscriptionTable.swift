import Values

/// The subscriptions that a session holds. Those of one topic and match are one for the router, and one UNSUBSCRIBE
/// ends it however often it was subscribed, so the consumers are counted here (wamp-protocol.md 7.1).
struct SubscriptionTable: Sendable {
    struct Key: Sendable, Hashable {
        let topic: String
        let match: MatchPolicy
    }

    struct Subscription: Sendable {
        let key: Key
        let options: Object
        fileprivate(set) var consumers: [OperationID] = []
    }

    private var byID: [UInt64: Subscription] = [:]
    private var ids: [OperationID: UInt64] = [:]

    var count: Int { byID.count }

    subscript(id: UInt64) -> Subscription? { byID[id] }

    func id(of operation: OperationID) -> UInt64? { ids[operation] }

    /// The router's identifier of a subscription that is held already.
    func id(of key: Key) -> UInt64? { byID.first { $0.value.key == key }?.key }

    mutating func add(_ consumers: [OperationID], to id: UInt64, key: Key, options: Object) {
        byID[id, default: Subscription(key: key, options: options)].consumers += consumers
        for consumer in consumers { ids[consumer] = id }
    }

    /// Takes out one consumer.
    mutating func remove(_ consumer: OperationID) -> UInt64? {
        guard let id = ids.removeValue(forKey: consumer) else { return nil }
        byID[id]?.consumers.removeAll { $0 == consumer }
        return id
    }

    /// Takes out a subscription with all its consumers.
    mutating func remove(id: UInt64) -> Subscription? {
        guard let subscription = byID.removeValue(forKey: id) else { return nil }
        for consumer in subscription.consumers { ids[consumer] = nil }
        return subscription
    }

    /// Takes out everything, in the order of subscribing.
    mutating func drain() -> [OperationID] {
        defer { (byID, ids) = ([:], [:]) }
        return ids.keys.sorted { $0.number < $1.number }
    }
}

import AsyncSupport

/// The subscriptions of a realm. All sessions share the one of a topic and a match (wamp-protocol.md 7.1).
struct TopicTable: Sendable {
    struct Topic: Sendable {
        let uri: String
        let match: MatchPolicy
        let created: WallTime
        fileprivate(set) var subscribers = IDSet()
    }

    private var byID: [UInt64: Topic] = [:]
    private var exact: [String: UInt64] = [:]
    private var prefixes = PrefixTree()
    private var wildcards = WildcardTree()

    var count: Int { byID.count }
    var patternNodes: Int { prefixes.count + wildcards.count }

    /// Whether there are subscriptions of other than exact match.
    var hasPatterns: Bool { byID.count > exact.count }

    subscript(id: UInt64) -> Topic? { byID[id] }

    /// The exact subscription of the topic.
    func exact(_ topic: String) -> UInt64? { exact[topic] }

    /// The subscription of that very pattern.
    func id(of uri: String, _ match: MatchPolicy) -> UInt64? {
        switch match {
        case .exact: exact[uri]
        case .prefix: prefixes.value(of: uri)
        case .wildcard: wildcards.value(of: uri)
        }
    }

    /// The pattern subscriptions that the topic falls under.
    func patterns(matching topic: String) -> [UInt64] {
        hasPatterns ? prefixes.matches(topic) + wildcards.matches(topic) : []
    }

    /// All subscriptions that the topic falls under.
    func matching(_ topic: String) -> [UInt64] {
        (exact[topic].map { [$0] } ?? []) + patterns(matching: topic)
    }

    /// The subscriptions of one kind in rising order.
    func ids(_ match: MatchPolicy) -> [UInt64] {
        byID.compactMap { $0.value.match == match ? $0.key : nil }.sorted()
    }

    /// Begins a subscription that nobody has yet.
    mutating func create(_ id: UInt64, _ uri: String, _ match: MatchPolicy, now: WallTime) {
        byID[id] = Topic(uri: uri, match: match, created: now)
        switch match {
        case .exact: exact[uri] = id
        case .prefix: prefixes.insert(uri, id)
        case .wildcard: wildcards.insert(uri, id)
        }
    }

    mutating func subscribe(_ session: UInt64, to id: UInt64) { byID[id]?.subscribers.insert(session) }

    /// Takes a subscriber away, and the subscription with the last one.
    /// - Returns: whether the subscription is gone.
    mutating func unsubscribe(_ session: UInt64, from id: UInt64) -> Bool {
        byID[id]?.subscribers.remove(session)
        guard let topic = byID[id], topic.subscribers.isEmpty else { return false }
        byID[id] = nil
        switch topic.match {
        case .exact: exact[topic.uri] = nil
        case .prefix: prefixes.remove(topic.uri)
        case .wildcard: wildcards.remove(topic.uri)
        }
        return true
    }
}

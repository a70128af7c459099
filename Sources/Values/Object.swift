import OrderedCollections

/// The members of a JSON object or WAMP dictionary, in the order in which they were written.
///
/// The order is kept for files that people read; it does not count for equality.
public struct Object: Sendable {
    private var members: OrderedDictionary<String, Value>

    /// An object without members.
    public init() { members = [:] }

    /// The members in the given order; the last of several with one key wins.
    public init(_ members: some Sequence<(String, Value)>) {
        self.members = OrderedDictionary(members.map { ($0.0, $0.1) }, uniquingKeysWith: { _, last in last })
    }

    /// The member of that key. Setting nil removes it; setting a new key appends.
    public subscript(key: String) -> Value? {
        get { members[key] }
        set { members[key] = newValue }
    }

    /// The keys in order.
    public var keys: [String] { Array(members.keys) }

    /// The number of members.
    public var count: Int { members.count }

    /// True without members.
    public var isEmpty: Bool { members.isEmpty }
}

extension Object: Sequence {
    public struct Iterator: IteratorProtocol {
        fileprivate var base: OrderedDictionary<String, Value>.Iterator
        public mutating func next() -> (key: String, value: Value)? { base.next() }
    }

    public func makeIterator() -> Iterator { Iterator(base: members.makeIterator()) }
}

extension Object: Hashable {
    public static func == (left: Object, right: Object) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        hasher.combine(members.reduce(into: 0) { $0 ^= $1.key.hashValue })
    }
}

extension Object: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }
}

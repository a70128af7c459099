/// A set of identifiers in as little memory as possible: a sorted array. An empty one owns nothing.
struct IDSet: Sendable, Hashable {
    /// The members in rising order.
    private(set) var sorted: [UInt64] = []

    var count: Int { sorted.count }
    var isEmpty: Bool { sorted.isEmpty }

    init() {}

    init(_ members: some Sequence<UInt64>) {
        for member in members.sorted() where sorted.last != member { sorted.append(member) }
    }

    func contains(_ id: UInt64) -> Bool { index(of: id).found }

    /// False when it was there already.
    @discardableResult
    mutating func insert(_ id: UInt64) -> Bool {
        let place = index(of: id)
        guard !place.found else { return false }
        sorted.insert(id, at: place.index)
        return true
    }

    /// False when it was not there.
    @discardableResult
    mutating func remove(_ id: UInt64) -> Bool {
        let place = index(of: id)
        guard place.found else { return false }
        sorted.remove(at: place.index)
        return true
    }

    /// The place of the identifier, or the one that it would have.
    private func index(of id: UInt64) -> (index: Int, found: Bool) {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < id { low = middle + 1 } else { high = middle }
        }
        return (low, low < sorted.count && sorted[low] == id)
    }
}

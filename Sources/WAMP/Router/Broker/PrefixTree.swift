/// Numbers under texts, found by all texts that another one starts with: a radix tree over bytes (wamp-protocol.md
/// 7.5). Nodes lie in one array and nothing recurses, so no length of a text can exhaust a stack.
struct PrefixTree: Sendable {
    private struct Node {
        var label: [UInt8] = []
        var children: [Int] = []
        var value: UInt64?
    }

    private static let root = 0
    private var nodes = [Node()]
    private var free: [Int] = []

    /// Nodes in use, the root not counted.
    var count: Int { nodes.count - free.count - 1 }

    /// The number of exactly that text.
    func value(of text: String) -> UInt64? {
        var node = Self.root
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            guard let child = child(of: node, startingLike: rest), rest.starts(with: nodes[child].label) else {
                return nil
            }
            rest = rest.dropFirst(nodes[child].label.count)
            node = child
        }
        return nodes[node].value
    }

    /// The numbers of all texts that this one starts with, the shortest first.
    func matches(_ text: String) -> [UInt64] {
        var found: [UInt64] = []
        var node = Self.root
        var rest = Array(text.utf8)[...]
        while true {
            if let value = nodes[node].value { found.append(value) }
            guard let child = child(of: node, startingLike: rest), rest.starts(with: nodes[child].label) else {
                return found
            }
            rest = rest.dropFirst(nodes[child].label.count)
            node = child
        }
    }

    mutating func insert(_ text: String, _ value: UInt64) {
        var node = Self.root
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            guard let child = child(of: node, startingLike: rest) else {
                let leaf = allocate(Node(label: Array(rest), value: value))
                nodes[node].children.append(leaf)
                return
            }
            let common = zip(nodes[child].label, rest).prefix { $0 == $1 }.count
            node = common < nodes[child].label.count ? split(child, of: node, at: common) : child
            rest = rest.dropFirst(common)
        }
        nodes[node].value = value
    }

    mutating func remove(_ text: String) {
        var path = [Self.root]
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            guard let child = child(of: path[path.count - 1], startingLike: rest),
                rest.starts(with: nodes[child].label)
            else { return }
            rest = rest.dropFirst(nodes[child].label.count)
            path.append(child)
        }
        nodes[path[path.count - 1]].value = nil
        while path.count > 1, let node = path.popLast(), nodes[node].value == nil {
            guard nodes[node].children.isEmpty else { return mergeOnlyChild(of: node) }
            nodes[path[path.count - 1]].children.removeAll { $0 == node }
            release(node)
        }
    }

    private func child(of node: Int, startingLike text: ArraySlice<UInt8>) -> Int? {
        guard let first = text.first else { return nil }
        return nodes[node].children.first { nodes[$0].label.first == first }
    }

    /// Puts a node between a child and its parent, for a text that ends or branches within the child's label.
    private mutating func split(_ child: Int, of parent: Int, at length: Int) -> Int {
        let middle = allocate(Node(label: Array(nodes[child].label.prefix(length)), children: [child]))
        nodes[child].label.removeFirst(length)
        nodes[parent].children.removeAll { $0 == child }
        nodes[parent].children.append(middle)
        return middle
    }

    private mutating func mergeOnlyChild(of node: Int) {
        guard nodes[node].children.count == 1, let child = nodes[node].children.first else { return }
        nodes[node] = Node(
            label: nodes[node].label + nodes[child].label, children: nodes[child].children, value: nodes[child].value)
        release(child)
    }

    private mutating func allocate(_ node: Node) -> Int {
        guard let index = free.popLast() else {
            nodes.append(node)
            return nodes.count - 1
        }
        nodes[index] = node
        return index
    }

    private mutating func release(_ node: Int) {
        nodes[node] = Node()
        free.append(node)
    }
}

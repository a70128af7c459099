/// Numbers under patterns whose empty components fit any: for each count of components a tree with one "any" child
/// per node (wamp-protocol.md 7.5). Nodes lie in one array and nothing recurses.
struct WildcardTree: Sendable {
    private struct Node {
        var children: [Substring: Int] = [:]
        var any: Int?
        var value: UInt64?

        var isEmpty: Bool { children.isEmpty && any == nil && value == nil }

        subscript(component: Substring) -> Int? {
            get { component.isEmpty ? any : children[component] }
            set { if component.isEmpty { any = newValue } else { children[component] = newValue } }
        }
    }

    /// By count of components.
    private var roots: [Int: Int] = [:]
    private var nodes: [Node] = []
    private var free: [Int] = []

    /// Nodes in use.
    var count: Int { nodes.count - free.count }

    /// The number of exactly that pattern.
    func value(of pattern: String) -> UInt64? {
        let components = Self.components(pattern)
        var node = roots[components.count]
        for component in components {
            guard let current = node else { return nil }
            node = nodes[current][component]
        }
        return node.flatMap { nodes[$0].value }
    }

    /// The numbers of all patterns that the URI falls under.
    func matches(_ uri: String) -> [UInt64] {
        guard !roots.isEmpty else { return [] }
        let components = Self.components(uri)
        guard let root = roots[components.count] else { return [] }
        var level = [root]
        for component in components {
            var next: [Int] = []
            for node in level {
                if let child = nodes[node].children[component] { next.append(child) }
                if let child = nodes[node].any { next.append(child) }
            }
            guard !next.isEmpty else { return [] }
            level = next
        }
        return level.compactMap { nodes[$0].value }
    }

    mutating func insert(_ pattern: String, _ value: UInt64) {
        let components = Self.components(pattern)
        var node = roots[components.count] ?? allocate()
        roots[components.count] = node
        for component in components {
            if let child = nodes[node][component] {
                node = child
            } else {
                let child = allocate()
                // A copy: a part of a longer text would keep all of it alive.
                nodes[node][Substring(String(component))] = child
                node = child
            }
        }
        nodes[node].value = value
    }

    mutating func remove(_ pattern: String) {
        let components = Self.components(pattern)
        guard var node = roots[components.count] else { return }
        var path: [(parent: Int, component: Substring)] = []
        for component in components {
            guard let child = nodes[node][component] else { return }
            path.append((node, component))
            node = child
        }
        nodes[node].value = nil
        while nodes[node].isEmpty {
            nodes[node] = Node()
            free.append(node)
            guard let (parent, component) = path.popLast() else {
                roots[components.count] = nil
                return
            }
            nodes[parent][component] = nil
            node = parent
        }
    }

    private static func components(_ text: String) -> [Substring] {
        text.split(separator: ".", omittingEmptySubsequences: false)
    }

    private mutating func allocate() -> Int {
        if let index = free.popLast() { return index }
        nodes.append(Node())
        return nodes.count - 1
    }
}

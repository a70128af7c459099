/// The last lines of one log name, in memory.
public struct LogRing: Sendable, Equatable {
    /// Who wrote a line.
    public enum Kind: Sendable, Equatable {
        case container
        case agent
    }

    /// Most lines kept; also what a follower starts with (C-57).
    public static let capacity = 100
    /// Most bytes kept, one per line end included: a hundred lines of any length must not fill the memory.
    public static let byteLimit = 1 << 20

    private var entries: [(line: String, kind: Kind)] = []
    /// Bytes kept, one per line end included.
    public private(set) var bytes = 0

    public init() {}

    public var lines: [String] { entries.map(\.line) }

    public var count: Int { entries.count }

    public var isEmpty: Bool { entries.isEmpty }

    public var hasContainerLine: Bool { entries.contains { $0.kind == .container } }

    /// Appends and trims, whoever writes (C-22).
    public mutating func append(_ line: String, _ kind: Kind) {
        entries.append((line, kind))
        bytes += line.utf8.count + 1
        var surplus = max(0, entries.count - Self.capacity)
        for entry in entries.prefix(surplus) { bytes -= entry.line.utf8.count + 1 }
        while bytes > Self.byteLimit, surplus < entries.count - 1 {
            bytes -= entries[surplus].line.utf8.count + 1
            surplus += 1
        }
        entries.removeFirst(surplus)
    }

    public mutating func clear() { self = LogRing() }

    public static func == (left: LogRing, right: LogRing) -> Bool {
        left.entries.elementsEqual(right.entries) { $0.line == $1.line && $0.kind == $1.kind }
    }
}

/// Lines on their way to the viewers of one log name, joined to few messages (containers-logs-terminal.md 3.6). Adding
/// never blocks; when too much comes, the oldest lines give way and a marker says so in their place.
public struct LogBatcher: Sendable, Equatable {
    /// Time between two flushes.
    public static let interval: Duration = .milliseconds(200)
    /// Most bytes in one message, the marker aside and one per line end included.
    public static let flushLimit = 256 << 10
    /// Most bytes waiting.
    public static let bufferLimit = 1 << 20

    private struct Line: Sendable, Equatable {
        var text: String
        /// Part of a line that was too long for one message.
        var isPiece: Bool
        var cost: Int { text.utf8.count + 1 }
    }

    private var stored: [Line] = []
    /// Where the waiting lines begin; what lies before is removed now and then, so that dropping one line stays cheap.
    private var head = 0
    private var dropped = 0
    private var isBacklog = false
    /// Lines that gave way since the beginning.
    public private(set) var droppedInAll: UInt64 = 0
    /// Bytes waiting, one per line end included.
    public private(set) var bufferedBytes = 0

    public init() {}

    public var isEmpty: Bool { lines.isEmpty && dropped == 0 }

    /// Lines waiting, pieces of long ones counted by themselves.
    public var count: Int { lines.count }

    private var lines: ArraySlice<Line> { stored[head...] }

    /// Adds a line; one that no message can hold is added in pieces (C-21).
    public mutating func add(_ line: String) {
        guard line.utf8.count >= Self.flushLimit else { return add(Line(text: line, isPiece: false)) }
        for piece in LogLinePieces(line, limit: Self.flushLimit - 1) { add(Line(text: piece, isPiece: true)) }
    }

    /// What waits was kept for viewers that were cut off: it goes out whole, oldest first, in as many messages as it takes.
    public mutating func markBacklog() { isBacklog = !lines.isEmpty }

    /// Forgets what waits.
    public mutating func clear() {
        let before = droppedInAll
        self = LogBatcher()
        droppedInAll = before
    }

    /// The next message: lines joined with LF; nil when there is nothing to say.
    ///
    /// - Parameter limit: Most bytes now, at most ``flushLimit``. Of fresh lines that do not fit the newest are kept; a
    ///   backlog and the pieces of a long line stay for the next flush.
    public mutating func flush(limit: Int = flushLimit) -> String? {
        guard !isEmpty else { return nil }
        let limit = min(limit, Self.flushLimit)
        let keepsRest = isBacklog || limit < Self.flushLimit || lines.contains { $0.isPiece }
        if !keepsRest { dropOldest(downTo: limit) }
        var taken = 0
        var bytes = 0
        for line in lines {
            guard bytes + line.cost <= limit else { break }
            bytes += line.cost
            taken += 1
        }
        guard taken > 0 || lines.isEmpty else { return nil }
        var parts = lines.prefix(taken).map(\.text)
        if dropped > 0 { parts.insert("… \(dropped) lines dropped (rate limit)", at: 0) }
        dropped = 0
        remove(taken)
        bufferedBytes -= bytes
        if lines.isEmpty { isBacklog = false }
        return parts.joined(separator: "\n")
    }

    private mutating func add(_ line: Line) {
        stored.append(line)
        bufferedBytes += line.cost
        dropOldest(downTo: Self.bufferLimit)
    }

    private mutating func dropOldest(downTo limit: Int) {
        var count = 0
        for line in lines {
            guard bufferedBytes > limit else { break }
            bufferedBytes -= line.cost
            count += 1
        }
        remove(count)
        dropped += count
        droppedInAll += UInt64(count)
    }

    private mutating func remove(_ count: Int) {
        guard count > 0 else { return }
        for index in head..<head + count { stored[index].text = "" }
        head += count
        guard head * 2 >= stored.count else { return }
        stored.removeFirst(head)
        head = 0
    }
}

import AsyncSupport

/// Makes lines of the bytes of one log stream (1.3.5, 1.4).
///
/// The engine cuts lines above 16 KiB into fragments and stamps each of them; they are joined again, and the first
/// stamp is the line's. A carriage return at the end of a line goes. A line above ``lineLimit`` is delivered in pieces
/// (C-33).
public struct LogLineAssembler: Sendable {
    /// Bytes after which a line is split.
    public static let lineLimit = 256 << 10
    /// Bytes after which the engine splits a record.
    static let fragmentSize = 16 << 10

    private let hasTimestamps: Bool
    private var time: WallTime?
    private var line: [UInt8] = []
    /// Whether a record ended without line feed, so that the next one goes on with its line.
    private var isOpen = false
    /// Raw bytes of a line whose end has not come.
    private var held: [UInt8] = []
    /// Bytes of the current fragment that were taken already.
    private var fragmentCount = 0

    /// `hasTimestamps` says whether `timestamps` was asked for.
    public init(hasTimestamps: Bool) {
        self.hasTimestamps = hasTimestamps
    }

    /// Adds one record: a frame's payload, which begins with a stamp if there are stamps.
    public mutating func append(record: [UInt8]) -> [LogLine] {
        var lines: [LogLine] = []
        var rest = record[...]
        if hasTimestamps, let stamp = LogStamp.read(rest) {
            if !isOpen { time = stamp.time }
            rest = rest[stamp.end...]
        }
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(rest[..<end], into: &lines)
            endLine(into: &lines)
            rest = rest[(end + 1)...]
        }
        take(rest, into: &lines)
        return lines
    }

    /// Adds bytes of a terminal's log, which has no frames: stamps are found by their place in the line.
    public mutating func append(raw bytes: some Sequence<UInt8>) -> [LogLine] {
        var lines: [LogLine] = []
        let searched = held.count
        held += bytes
        var start = 0
        var from = searched
        while let end = held[from...].firstIndex(of: UInt8(ascii: "\n")) {
            takeFragments(held[start..<end], into: &lines)
            endLine(into: &lines)
            start = end + 1
            from = start
        }
        held.removeFirst(start)
        if held.count > Self.lineLimit + Self.fragmentSize {
            let taken = takeFragments(held[...], keeping: LogStamp.size, into: &lines)
            held.removeFirst(taken)
        }
        return lines
    }

    /// The rest, when the stream has ended without line feed.
    public mutating func finish() -> [LogLine] {
        var lines: [LogLine] = []
        takeFragments(held[...], into: &lines)
        held = []
        if isOpen { endLine(into: &lines) }
        return lines
    }
}

// MARK: - Assembling

extension LogLineAssembler {
    /// Takes the bytes of one physical line apart into fragments, joins their texts and returns how many bytes it took.
    /// The last `keeping` bytes stay when no stamp ends in them: they may be the beginning of one.
    @discardableResult
    private mutating func takeFragments(
        _ bytes: ArraySlice<UInt8>, keeping: Int = 0, into lines: inout [LogLine]
    ) -> Int {
        var rest = bytes
        if hasTimestamps {
            if !isOpen, let stamp = LogStamp.read(rest) {
                time = stamp.time
                rest = rest[stamp.end...]
            }
            while let next = nextStamp(in: rest) {
                take(rest[..<next.start], into: &lines)
                rest = rest[next.end...]
                fragmentCount = 0
            }
        }
        rest = rest.dropLast(keeping)
        take(rest, into: &lines)
        fragmentCount += rest.count
        return rest.endIndex - bytes.startIndex
    }

    /// The stamp of the following fragment. It is looked for behind a whole fragment only, so a date inside a text is
    /// left alone; not exactly at its end, because the engine's JSON log writes a broken byte as three.
    private func nextStamp(in bytes: ArraySlice<UInt8>) -> (start: Int, end: Int)? {
        let first = bytes.startIndex + max(0, Self.fragmentSize - fragmentCount)
        let last = min(bytes.endIndex, bytes.startIndex + 3 * Self.fragmentSize - fragmentCount)
        guard first < last else { return nil }
        for index in first..<last where bytes[index] == UInt8(ascii: "2") {
            if let stamp = LogStamp.read(bytes[index...]) { return (index, stamp.end) }
        }
        return nil
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>, into lines: inout [LogLine]) {
        guard !bytes.isEmpty else { return }
        isOpen = true
        line += bytes
        while line.count > Self.lineLimit {
            let cut = Self.characterBoundary(in: line, atMost: Self.lineLimit)
            lines.append(LogLine(time: time, text: Self.text(line[..<cut])))
            line.removeFirst(cut)
        }
    }

    private mutating func endLine(into lines: inout [LogLine]) {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        lines.append(LogLine(time: time, text: Self.text(line[...])))
        line = []
        isOpen = false
        fragmentCount = 0
    }

    /// The last place at or before `limit` that is not inside a UTF-8 character.
    private static func characterBoundary(in bytes: [UInt8], atMost limit: Int) -> Int {
        var cut = limit
        while cut > limit - 4, cut > 1, bytes[cut] & 0b1100_0000 == 0b1000_0000 { cut -= 1 }
        return bytes[cut] & 0b1100_0000 == 0b1000_0000 ? limit : cut
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(0) else { return String(decoding: bytes, as: UTF8.self) }
        // NUL has a meaning of its own in WAMP's JSON, and databases cut at it.
        return String(decoding: bytes.flatMap { $0 == 0 ? [0xEF, 0xBF, 0xBD] : [$0] }, as: UTF8.self)
    }
}

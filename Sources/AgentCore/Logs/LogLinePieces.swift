/// Pieces of a long line, each at most `limit` bytes and cut between characters of UTF-8.
struct LogLinePieces: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private let limit: Int
    private var position = 0

    init(_ line: String, limit: Int) {
        bytes = Array(line.utf8)
        self.limit = Swift.max(limit, 4)
    }

    mutating func next() -> String? {
        guard position < bytes.count else { return nil }
        var end = Swift.min(position + limit, bytes.count)
        while end < bytes.count, end > position + 1, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        defer { position = end }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }
}

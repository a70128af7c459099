import NIOCore

/// The head of an HTTP/1 answer: what an upgrade and a CONNECT need and no more.
struct HTTPResponseHead: Sendable {
    /// A head that is longer is refused; real ones have a few hundred bytes.
    static let maximumSize = 16 * 1024

    let status: Int
    /// Names in lower case, in order.
    let fields: [(name: String, value: String)]

    /// Takes a complete head from the front of the buffer; nil while it is not complete.
    ///
    /// Throws `TransportError` with the given code for what is no HTTP/1 answer or too long.
    static func read(from buffer: inout ByteBuffer, code: TransportError.Code) throws(TransportError) -> Self? {
        let view = buffer.readableBytesView.prefix(maximumSize)
        // First of all, so that it does not depend on where the network cuts.
        let start = "HTTP/1.".utf8
        guard view.prefix(start.count).elementsEqual(start.prefix(view.count)) else {
            throw TransportError(code, "The answer is not HTTP/1.")
        }
        guard let end = endOfHead(view) else {
            guard buffer.readableBytes < maximumSize else {
                throw TransportError(code, "The answer's head is too long.")
            }
            return nil
        }
        let text = buffer.readString(length: end) ?? ""
        guard let head = Self(text) else { throw TransportError(code, "The answer's head is not HTTP/1.") }
        return head
    }

    private init?(_ text: String) {
        var lines = text.split(whereSeparator: \.isNewline)
        guard let first = lines.first, first.hasPrefix("HTTP/1.") else { return nil }
        let words = first.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[1].count == 3, let status = Int(words[1]) else { return nil }
        lines.removeFirst()
        var fields: [(name: String, value: String)] = []
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmed
            fields.append((line[..<colon].lowercased(), String(value)))
        }
        self.status = status
        self.fields = fields
    }

    func first(_ name: String) -> String? {
        fields.first { $0.name == name.lowercased() }?.value
    }

    /// The comma-separated elements of all fields of that name, in lower case.
    func list(_ name: String) -> [String] {
        fields.filter { $0.name == name.lowercased() }
            .flatMap { $0.value.split(separator: ",") }
            .map { $0.trimmed.lowercased() }
    }

    /// The number of bytes up to and including the empty line.
    private static func endOfHead(_ bytes: some Collection<UInt8>) -> Int? {
        var lineLength = 0
        for (offset, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") {
                if lineLength == 0 && offset > 1 { return offset + 1 }
                lineLength = 0
            } else if byte != UInt8(ascii: "\r") {
                lineLength += 1
            }
        }
        return nil
    }
}

extension Substring {
    /// Without blanks and tabs at both ends.
    var trimmed: Substring {
        let front = drop { $0 == " " || $0 == "\t" }
        guard let last = front.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return front.prefix(0) }
        return front[...last]
    }
}

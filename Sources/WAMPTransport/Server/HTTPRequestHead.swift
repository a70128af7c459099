import NIOCore

/// The head of an HTTP/1.1 request: what an upgrade needs and no more.
struct HTTPRequestHead: Sendable {
    /// A head that is longer is refused; real ones have a few hundred bytes.
    static let maximumSize = 16 * 1024

    let method: String
    /// Path and query as sent.
    let target: String
    let version: String
    /// Names in lower case, in order.
    let fields: [(name: String, value: String)]

    struct Malformed: Error {}

    /// Takes a complete head from the front of the buffer; nil while it is not complete.
    static func read(from buffer: inout ByteBuffer) throws(Malformed) -> Self? {
        let view = buffer.readableBytesView.prefix(maximumSize)
        // A TLS hello or a RawSocket byte on this port is known at its first byte; so is an empty line, wherever the
        // network cuts.
        guard view.first.map({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) != false else {
            throw Malformed()
        }
        guard let size = size(view) else {
            guard view.count < maximumSize else { throw Malformed() }
            return nil
        }
        guard let text = buffer.readString(length: size), let head = Self(text) else { throw Malformed() }
        return head
    }

    /// The path without the query.
    var path: String { String(target.prefix { $0 != "?" }) }

    /// The values of all fields of that name.
    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// The value of a field that is there once; nil otherwise.
    func only(_ name: String) -> String? {
        let values = values(name)
        return values.count == 1 ? values[0] : nil
    }

    /// The comma-separated elements of all fields of that name, as written.
    func list(_ name: String) -> [String] {
        values(name).flatMap { $0.split(separator: ",") }.map { String($0.trimmed) }.filter { !$0.isEmpty }
    }

    private init?(_ text: String) {
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: true)[...]
        guard let words = lines.popFirst()?.split(separator: " ", omittingEmptySubsequences: false), words.count == 3,
            !words[0].isEmpty, words[0].utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }),
            words[1].hasPrefix("/"), words[1].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            words[2].hasPrefix("HTTP/1.")
        else { return nil }
        var fields: [(name: String, value: String)] = []
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { return nil }
            let name = line[..<colon]
            // Folded lines and names with blanks are how one request is made to look like another one.
            guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
            let value = line[line.index(after: colon)...].trimmed
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else { return nil }
            fields.append((name.lowercased(), String(value)))
        }
        (method, target, version) = (String(words[0]), String(words[1]), String(words[2]))
        self.fields = fields
    }

    /// The number of bytes up to and including the empty line.
    private static func size(_ bytes: some Collection<UInt8>) -> Int? {
        let end: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a]
        var matched = 0
        for (offset, byte) in bytes.enumerated() {
            matched = byte == end[matched] ? matched + 1 : (byte == 0x0d ? 1 : 0)
            if matched == end.count { return offset + 1 }
        }
        return nil
    }
}

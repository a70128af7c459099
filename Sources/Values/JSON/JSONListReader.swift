/// Reads the elements of a JSON list one by one, each as a value or only as the bytes that it takes.
///
/// Together the calls accept exactly what ``JSON/decode(_:limits:binary:)`` accepts of a text that is a list.
public struct JSONListReader: Sendable {
    /// An element that was checked and not read.
    public struct Skipped: Sendable, Hashable {
        public enum Kind: Sendable, Hashable {
            case null
            case emptyArray
            case array
            case emptyObject
            case object
            /// A number, a text or a Boolean.
            case scalar
        }

        public let kind: Kind
        /// The places of its bytes in the text.
        public let range: Range<Int>
    }

    private var reader: JSONReader
    private var isFirst = true
    private var isOver = false

    /// Opens the list; nil when the text is no list.
    public init?(_ bytes: [UInt8], limits: JSON.Limits = .default, binary: JSON.Binary = .plain) throws(JSONError) {
        reader = try JSONReader(bytes, limits: limits, binary: binary)
        reader.skipSpace()
        guard reader.peek == UInt8(ascii: "[") else { return nil }
        try reader.enter()
    }

    /// The next element; nil after the last one, when the text has been read to its end.
    public mutating func next() throws(JSONError) -> Value? {
        guard try advance() else { return nil }
        return try reader.value()
    }

    /// Checks the next element without reading it; nil after the last one, when the text has been read to its end.
    public mutating func skip() throws(JSONError) -> Skipped? {
        guard try advance() else { return nil }
        reader.skipSpace()
        let start = reader.position
        try reader.skipValue()
        return Skipped(kind: kind(start..<reader.position), range: start..<reader.position)
    }

    /// Goes to the next element: past the comma or, at the end, past the bracket and all that may follow.
    private mutating func advance() throws(JSONError) -> Bool {
        guard !isOver else { return false }
        reader.skipSpace()
        if reader.take(UInt8(ascii: "]")) {
            isOver = true
            reader.skipSpace()
            guard reader.peek == nil else { throw reader.syntax("something follows the value") }
            return false
        }
        guard isFirst || reader.take(UInt8(ascii: ",")) else {
            throw reader.syntax("a comma or the end of the array is expected")
        }
        isFirst = false
        return true
    }

    private func kind(_ range: Range<Int>) -> Skipped.Kind {
        // Between the brackets of an empty one there is nothing but space.
        let second = reader.bytes[range].dropFirst().firstIndex { $0 > 0x20 }
        let isEmpty = second == range.upperBound - 1
        return switch reader.bytes[range.lowerBound] {
        case UInt8(ascii: "n"): .null
        case UInt8(ascii: "["): isEmpty ? .emptyArray : .array
        case UInt8(ascii: "{"): isEmpty ? .emptyObject : .object
        default: .scalar
        }
    }
}

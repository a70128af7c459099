import NIOCore

/// The code of a message and the number after it, read from the first bytes.
struct MessageHead {
    static let published = 17
    static let subscribed = 33
    static let event = 36
    static let result = 50
    static let registered = 65
    static let invocation = 68

    private(set) var code = 0
    private(set) var first = 0

    init(_ buffer: ByteBuffer) {
        buffer.withUnsafeReadableBytes { bytes in
            var index = 1
            code = Self.number(bytes, &index)
            index += 1
            first = Self.number(bytes, &index)
        }
    }

    /// The digits from the index on, blanks before them left out.
    private static func number(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Int {
        var value = 0
        while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
        while index < bytes.count, case let digit = bytes[index] &- UInt8(ascii: "0"), digit < 10 {
            value = value &* 10 &+ Int(digit)
            index += 1
        }
        return value
    }
}

/// The one argument of every call and event: a string of 128 bytes.
enum LoadPayload {
    static let json = "[\"" + String(repeating: "0123456789abcdef", count: 8) + "\"]"
    private static let end = ByteBuffer(string: json + "]")

    /// Whether the message ends with the payload unchanged.
    static func isAtEnd(of buffer: ByteBuffer) -> Bool {
        let start = buffer.writerIndex - end.readableBytes
        guard start >= buffer.readerIndex else { return false }
        return buffer.getSlice(at: start, length: end.readableBytes) == end
    }
}

/// Cuts a stream of JSON objects into single ones, wherever chunks and lines end (1.3.10, 1.4).
///
/// Only braces and strings are looked at; whether an object is valid JSON is the decoder's business. White space and
/// the record separator of JSON sequences between objects are skipped.
public struct JSONObjectSplitter: Sendable {
    /// The largest object that is taken.
    public static let objectLimit = 4 << 20

    private var object: [UInt8] = []
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    public init() {}

    /// Adds what was read and returns the objects that are complete now. `malformed` when something else than an
    /// object begins, or when one is larger than the limit.
    public mutating func append(_ bytes: some Sequence<UInt8>) throws(DockerError) -> [[UInt8]] {
        var objects: [[UInt8]] = []
        for byte in bytes {
            if depth == 0, byte != UInt8(ascii: "{") {
                guard Self.isSeparator(byte) else {
                    throw DockerError(.malformed, "the stream holds something else than JSON objects")
                }
                continue
            }
            guard object.count < Self.objectLimit else {
                throw DockerError(.malformed, "the stream holds a JSON object larger than expected")
            }
            object.append(byte)
            advance(over: byte)
            if depth == 0 {
                objects.append(object)
                object.removeAll(keepingCapacity: true)
            }
        }
        return objects
    }

    /// Whether the stream ended inside an object.
    public var isInsideObject: Bool { depth > 0 }

    private mutating func advance(over byte: UInt8) {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (9...13).contains(byte) || byte == 0x1E
    }
}

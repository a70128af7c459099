import Values

/// Args and kwargs of a JSON message as they were received: checked, not read.
struct EncodedPayload: Sendable {
    /// The whole message; the payload is most of it.
    private let bytes: [UInt8]
    /// An empty range stands for a part that is absent, null or empty.
    private let argsRange: Range<UInt32>
    private let kwargsRange: Range<UInt32>

    /// Nil when the parts are not a list and a dictionary, or the message is too long to be counted here.
    init?(_ bytes: [UInt8], args: JSONListReader.Skipped?, kwargs: JSONListReader.Skipped?) {
        guard UInt32(exactly: bytes.count) != nil else { return nil }
        switch args?.kind {
        case .array: argsRange = Self.narrow(args)
        case nil, .null, .emptyArray: argsRange = 0..<0
        case .object, .emptyObject, .scalar: return nil
        }
        switch kwargs?.kind {
        case .object: kwargsRange = Self.narrow(kwargs)
        case nil, .null, .emptyObject: kwargsRange = 0..<0
        case .array, .emptyArray, .scalar: return nil
        }
        self.bytes = bytes
    }

    var isEmpty: Bool { argsRange.isEmpty && kwargsRange.isEmpty }

    var args: [Value] { decoded(argsRange)?.array ?? [] }

    var kwargs: Object { decoded(kwargsRange)?.object ?? [:] }

    /// Appends the parts as further elements of a JSON list that has elements already. Not for an empty payload.
    func write(to output: inout [UInt8]) {
        output.append(UInt8(ascii: ","))
        if argsRange.isEmpty { output.append(contentsOf: "[]".utf8) } else { append(argsRange, to: &output) }
        guard !kwargsRange.isEmpty else { return }
        output.append(UInt8(ascii: ","))
        append(kwargsRange, to: &output)
    }

    /// Bytes that ``write(to:)`` appends.
    var size: Int { argsRange.count + kwargsRange.count + 4 }

    private func append(_ range: Range<UInt32>, to output: inout [UInt8]) {
        output.append(contentsOf: bytes[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    /// The text was checked when it came, so there is nothing that could fail.
    private func decoded(_ range: Range<UInt32>) -> Value? {
        guard !range.isEmpty else { return nil }
        let text = Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        return try? JSON.decode(text, limits: JSON.Limits(depth: .max, size: .max), binary: .wamp)
    }

    private static func narrow(_ part: JSONListReader.Skipped?) -> Range<UInt32> {
        guard let range = part?.range else { return 0..<0 }
        return UInt32(truncatingIfNeeded: range.lowerBound)..<UInt32(truncatingIfNeeded: range.upperBound)
    }
}

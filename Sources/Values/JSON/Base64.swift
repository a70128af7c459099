/// Base64 with the standard alphabet and padding (RFC 4648 section 4).
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let pad = UInt8(ascii: "=")

    /// The digits' values by byte; 255 for bytes outside the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// The text of the bytes, padded.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var group: UInt32 = 0
        var count = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            count += 1
            if count == 3 {
                append(group, digits: 4, to: &text)
                (group, count) = (0, 0)
            }
        }
        if count > 0 {
            append(group << UInt32(8 * (3 - count)), digits: count + 1, to: &text)
            text.append(contentsOf: repeatElement(pad, count: 3 - count))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(_ group: UInt32, digits: Int, to text: inout [UInt8]) {
        for index in 0..<digits { text.append(alphabet[Int(group >> UInt32(18 - 6 * index)) & 63]) }
    }

    /// Nil for anything that ``encode(_:)`` does not write: other characters, missing padding, stray bits at the end.
    public static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var digits = Array(text)
        guard digits.count.isMultiple(of: 4) else { return nil }
        let padding = digits.reversed().prefix(2).prefix { $0 == pad }.count
        digits.removeLast(padding)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var width: UInt32 = 0
        for digit in digits {
            let value = values[Int(digit)]
            guard value != 255 else { return nil }
            bits = bits << 6 | UInt32(value)
            width += 6
            if width >= 8 {
                width -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> width))
                bits &= (1 << width) - 1
            }
        }
        return bits == 0 ? bytes : nil
    }

    /// See ``decode(_:)``.
    public static func decode(_ text: String) -> [UInt8]? { decode(text.utf8) }
}

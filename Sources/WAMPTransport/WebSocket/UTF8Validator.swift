import NIOCore

/// Checks UTF-8 piece by piece, so that a bad text is refused before its last fragment is there (RFC 6455 8.1).
struct UTF8Validator: Sendable {
    /// Continuation bytes still to come.
    private var missing = 0
    /// What the next continuation byte may be; narrower than 80...BF right after some leading bytes.
    private var allowed: ClosedRange<UInt8> = 0x80...0xbf

    /// True if no character is cut off here.
    var isComplete: Bool { missing == 0 }

    /// False if the bytes, after all earlier ones, cannot be UTF-8.
    mutating func accept(_ bytes: ByteBuffer) -> Bool {
        bytes.withUnsafeReadableBytes { accept($0) }
    }

    /// False if the bytes, after all earlier ones, cannot be UTF-8.
    mutating func accept(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.withContiguousStorageIfAvailable { accept(UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { accept($0) }
    }

    private mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            // Most texts are ASCII for long stretches: eight bytes at a time.
            if missing == 0, index + 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index += 8
                continue
            }
            let byte = bytes[index]
            index += 1
            if missing == 0 {
                if byte < 0x80 { continue }
                guard begin(byte) else { return false }
            } else {
                guard allowed.contains(byte) else { return false }
                allowed = 0x80...0xbf
                missing -= 1
            }
        }
        return true
    }

    /// Unicode table 3-7: no overlong form, no surrogate, nothing above U+10FFFF.
    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xc2...0xdf: missing = 1
        case 0xe0: (missing, allowed) = (2, 0xa0...0xbf)
        case 0xed: (missing, allowed) = (2, 0x80...0x9f)
        case 0xe1...0xef: missing = 2
        case 0xf0: (missing, allowed) = (3, 0x90...0xbf)
        case 0xf4: (missing, allowed) = (3, 0x80...0x8f)
        case 0xf1...0xf3: missing = 3
        default: return false
        }
        return true
    }
}

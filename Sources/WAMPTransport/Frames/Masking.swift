import NIOCore

/// The masking of RFC 6455 section 5.3, which is its own inverse.
enum Masking {
    /// A masked or unmasked copy of the first `count` readable bytes, which must be there.
    ///
    /// - Parameter key: the four bytes of the key, the first one lowest.
    static func apply(_ key: UInt32, to source: ByteBuffer, count: Int) -> ByteBuffer {
        var target = ByteBufferAllocator().buffer(capacity: count)
        append(key, source, count: count, to: &target)
        return target
    }

    /// Appends the masked bytes to a buffer.
    static func append(_ key: UInt32, _ source: ByteBuffer, count: Int, to target: inout ByteBuffer) {
        let wide = UInt64(key) << 32 | UInt64(key)
        target.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { to in
            source.withUnsafeReadableBytes { from in
                var index = 0
                while index + 8 <= count {
                    let word = from.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian ^ wide
                    to.storeBytes(of: word.littleEndian, toByteOffset: index, as: UInt64.self)
                    index += 8
                }
                while index < count {
                    to[index] = from[index] ^ UInt8(truncatingIfNeeded: key >> UInt32(index % 4 * 8))
                    index += 1
                }
            }
            return count
        }
    }
}

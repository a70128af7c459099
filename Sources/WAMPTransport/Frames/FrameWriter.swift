import NIOCore

/// Writes whole frames; nothing here is ever fragmented.
enum FrameWriter {
    /// The bytes of a frame.
    ///
    /// - Parameter key: of a client's frame, fresh for each (RFC 6455 5.3); nil for a server's.
    static func frame(_ opcode: Frame.Opcode, _ payload: ByteBuffer, key: UInt32?) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: payload.readableBytes + 14)
        writeHeader(opcode, length: payload.readableBytes, isMasked: key != nil, to: &buffer)
        if let key {
            buffer.writeInteger(key, endianness: .little)
            Masking.append(key, payload, count: payload.readableBytes, to: &buffer)
        } else {
            buffer.writeImmutableBuffer(payload)
        }
        return buffer
    }

    static func writeHeader(_ opcode: Frame.Opcode, length: Int, isMasked: Bool, to buffer: inout ByteBuffer) {
        buffer.writeInteger(0x80 | opcode.rawValue)
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch length {
        case ..<126:
            buffer.writeInteger(mask | UInt8(truncatingIfNeeded: length))
        case ...0xffff:
            buffer.writeInteger(mask | 126)
            buffer.writeInteger(UInt16(truncatingIfNeeded: length))
        default:
            buffer.writeInteger(mask | 127)
            buffer.writeInteger(UInt64(length))
        }
    }

    /// The payload of a close frame.
    static func closePayload(_ code: UInt16?) -> ByteBuffer { code.map { ByteBuffer(integer: $0) } ?? ByteBuffer() }
}

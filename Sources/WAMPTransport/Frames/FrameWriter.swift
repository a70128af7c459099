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

    private static let longestHeader = 10

    /// The bytes of a server's frame whose payload is written in place: room for the header is left before it.
    static func frame<Failure: Error>(
        _ opcode: Frame.Opcode, capacity: Int, write: (inout ByteBuffer) throws(Failure) -> Void
    ) throws(Failure) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: capacity + longestHeader)
        buffer.moveWriterIndex(to: longestHeader)
        buffer.moveReaderIndex(to: longestHeader)
        try write(&buffer)
        let length = buffer.writerIndex - longestHeader
        let size = length < 126 ? 2 : (length <= 0xffff ? 4 : 10)
        let start = longestHeader - size
        buffer.setInteger(0x80 | opcode.rawValue, at: start)
        switch size {
        case 2:
            buffer.setInteger(UInt8(truncatingIfNeeded: length), at: start + 1)
        case 4:
            buffer.setInteger(126 as UInt8, at: start + 1)
            buffer.setInteger(UInt16(truncatingIfNeeded: length), at: start + 2)
        default:
            buffer.setInteger(127 as UInt8, at: start + 1)
            buffer.setInteger(UInt64(length), at: start + 2)
        }
        buffer.moveReaderIndex(to: start)
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

import NIOCore

/// Cuts the peer's bytes into frames. Nothing is allocated by a length that the peer only claims.
struct FrameReader {
    private let role: WebSocketRole
    private let maxPayload: Int
    /// Bytes not read yet. Empty between frames, so that an idle connection holds none.
    private var unread = ByteBuffer()

    /// - Parameters:
    ///   - role: of this side.
    ///   - maxPayload: bytes of the largest frame taken.
    init(role: WebSocketRole, maxPayload: Int) {
        self.role = role
        self.maxPayload = maxPayload
    }

    mutating func append(_ bytes: ByteBuffer) {
        if unread.readableBytes == 0 {
            unread = bytes
            return
        }
        // What is read is thrown away only when it is more than what is left: a large frame is not moved again and again.
        if unread.readerIndex > unread.readableBytes {
            var fresh = ByteBufferAllocator().buffer(capacity: unread.readableBytes + bytes.readableBytes)
            fresh.writeImmutableBuffer(unread)
            unread = fresh
        }
        unread.writeImmutableBuffer(bytes)
    }

    /// The next whole frame; nil when more bytes are needed.
    mutating func next() throws(FrameFault) -> Frame? {
        guard let header = try header() else { return nil }
        guard unread.readableBytes >= header.size + header.length else { return nil }
        unread.moveReaderIndex(forwardBy: header.size)
        let payload: ByteBuffer
        if let key = header.key {
            payload = Masking.apply(key, to: unread, count: header.length)
            unread.moveReaderIndex(forwardBy: header.length)
        } else {
            payload = unread.readSlice(length: header.length) ?? ByteBuffer()
        }
        if unread.readableBytes == 0 { unread = ByteBuffer() }
        return Frame(opcode: header.opcode, isFinal: header.isFinal, payload: payload)
    }

    private struct Header {
        let opcode: Frame.Opcode
        let isFinal: Bool
        let size: Int
        let length: Int
        let key: UInt32?
    }

    /// The header of the frame at the front, checked; nil when it is not whole.
    private func header() throws(FrameFault) -> Header? {
        let start = unread.readerIndex
        guard let bits: UInt16 = unread.getInteger(at: start) else { return nil }
        guard bits & 0x7000 == 0 else { throw .reservedBit }
        guard let opcode = Frame.Opcode(rawValue: UInt8(bits >> 8 & 0x0f)) else { throw .reservedOpcode }
        let isFinal = bits & 0x8000 != 0
        let isMasked = bits & 0x80 != 0
        guard isMasked == (role == .server) else { throw .masking }
        var length = Int(bits & 0x7f)
        if opcode.isControl {
            guard isFinal else { throw .fragmentedControl }
            guard length < 126 else { throw .longControl }
        }
        var size = 2
        if length == 126 {
            guard let long: UInt16 = unread.getInteger(at: start + 2) else { return nil }
            (length, size) = (Int(long), 4)
        } else if length == 127 {
            guard let long: UInt64 = unread.getInteger(at: start + 2) else { return nil }
            (length, size) = (Int(clamping: long), 10)
        }
        guard length <= maxPayload || opcode.isControl else { throw .tooBig }
        guard isMasked else {
            return Header(opcode: opcode, isFinal: isFinal, size: size, length: length, key: nil)
        }
        guard let key: UInt32 = unread.getInteger(at: start + size, endianness: .little) else { return nil }
        return Header(opcode: opcode, isFinal: isFinal, size: size + 4, length: length, key: key)
    }
}

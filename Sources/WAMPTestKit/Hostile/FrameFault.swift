import NIOCore

/// Ways in which the bytes of a peer are no WebSocket frames (RFC 6455 section 5).
enum FrameFault: String, CaseIterable, Sendable {
    case reservedBit = "a reserved bit"
    case reservedOpcode = "a reserved opcode"
    case masking = "a frame masked, or not, against the rule"
    case continuationAlone = "a continuation without beginning"
    case messageInside = "a message inside another"
    case fragmentedControl = "a ping in fragments"
    case longControl = "a ping of more than 125 bytes"
    case hugeLength = "a frame that announces 2^63 bytes"
    case closeWithHalfCode = "a close frame of one byte"
    case closeWithForbiddenCode = "a close frame with a code that is never sent"
    case closeWithBadText = "a close frame whose reason is not UTF-8"
    case close = "a close frame"
    case noise = "noise instead of frames"
}

extension MalformedMessages {
    mutating func frame(_ fault: FrameFault) -> ByteBuffer {
        let payload: [UInt8] = Array("[36,1,2,{}]".utf8)
        switch fault {
        case .reservedBit: return frame(0x1, payload, reserved: values.random.pick(0x40, 0x20, 0x10, 0x70))
        case .reservedOpcode: return frame(values.random.pick(0x3, 0x7, 0xB, 0xF), payload)
        case .masking: return WebSocketPeer.bytes(0x1, payload, mask: sender == .router ? [1, 2, 3, 4] : nil)
        case .continuationAlone: return frame(0x0, payload)
        case .messageInside: return join(frame(0x1, payload, fin: false), frame(0x1, payload))
        case .fragmentedControl: return frame(0x9, [1], fin: false)
        case .longControl: return frame(0x9, [UInt8](repeating: 7, count: 126))
        case .hugeLength:
            let mask: UInt8 = sender == .router ? 0 : 0x80
            return ByteBuffer(bytes: [0x81, mask | 0x7F, 0x7F] + [UInt8](repeating: 0xFF, count: 7))
        case .closeWithHalfCode: return frame(0x8, [3])
        case .closeWithForbiddenCode:
            return frame(0x8, values.random.pick([0x03, 0xED], [0, 0], [0x03, 0xEE], [0xFF, 0xFF]))
        case .closeWithBadText: return frame(0x8, [0x03, 0xE8, 0xFF])
        case .close: return frame(0x8, values.random.pick([], [0x03, 0xE8], [0x03, 0xE9, 0x62, 0x79, 0x65]))
        case .noise:
            return ByteBuffer(bytes: [0x93] + (0..<40).map { _ in UInt8.random(in: 0...255, using: &values.random) })
        }
    }

    /// The frames of one message: whole, or in fragments with pings between them.
    mutating func frames(carrying text: [UInt8]) -> ByteBuffer {
        guard values.random.oneIn(8), text.count > 1 else { return frame(0x1, text) }
        var result = ByteBuffer()
        var rest = text[...]
        var opcode: UInt8 = 0x1
        while !rest.isEmpty {
            let size = min(rest.count, Int.random(in: 1...max(1, text.count / 3), using: &values.random))
            result.writeImmutableBuffer(frame(opcode, Array(rest.prefix(size)), fin: size == rest.count))
            rest = rest.dropFirst(size)
            opcode = 0x0
            if values.random.oneIn(3) { result.writeImmutableBuffer(frame(values.random.pick(0x9, 0xA), [1, 2, 3])) }
        }
        return result
    }

    /// One frame as the sender has to mask it.
    mutating func frame(_ opcode: UInt8, _ payload: [UInt8], fin: Bool = true, reserved: UInt8 = 0) -> ByteBuffer {
        let mask: [UInt8]? =
            sender == .router ? nil : (0..<4).map { _ in UInt8.random(in: 0...255, using: &values.random) }
        return WebSocketPeer.bytes(opcode, payload, fin: fin, reserved: reserved, mask: mask)
    }

    private func join(_ first: ByteBuffer, _ second: ByteBuffer) -> ByteBuffer {
        var joined = first
        joined.writeImmutableBuffer(second)
        return joined
    }
}

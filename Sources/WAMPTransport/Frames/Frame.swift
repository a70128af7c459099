import NIOCore

/// One frame of RFC 6455 section 5.2, its payload unmasked.
///
/// Frames are written here and not taken from NIOWebSocket: its frame is an object of its own and its decoder keeps a
/// buffer and a closure per connection, which an idle session of the router would pay for all its life.
struct Frame {
    enum Opcode: UInt8 {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xa

        var isControl: Bool { rawValue & 0x8 != 0 }
    }

    var opcode: Opcode
    var isFinal: Bool
    var payload: ByteBuffer
}

/// What makes a frame unacceptable before its payload is there.
enum FrameFault: Error, Hashable {
    case masking
    case reservedBit
    case reservedOpcode
    case fragmentedControl
    case longControl
    case tooBig
}

/// Which end of a connection this is: a client masks what it sends, a server must not (RFC 6455 5.1).
enum WebSocketRole: Sendable {
    case client
    case server
}

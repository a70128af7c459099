/// One end of a WebSocket that a test plays frame by frame: what both ends do alike.
public protocol WebSocketEnd {
    /// Sends a frame.
    func send(_ opcode: UInt8, _ payload: [UInt8], fin: Bool) async throws
    /// The next frame of the other end.
    func receive() async throws -> (opcode: UInt8, payload: [UInt8])
}

extension WebSocketEnd {
    /// The next text message; pings are answered, pongs skipped.
    public func receiveText() async throws -> String {
        while true {
            let frame = try await receive()
            switch frame.opcode {
            case 0x1: return String(decoding: frame.payload, as: UTF8.self)
            case 0x9: try await send(0xa, frame.payload, fin: true)
            case 0xa: continue
            default: throw ScriptError("A frame with opcode \(frame.opcode) instead of text: \(frame.payload)")
            }
        }
    }

    /// The code of the other end's close frame; other frames before it are skipped. Nil when the frame has none.
    public func receiveClose() async throws -> UInt16? {
        while true {
            let frame = try await receive()
            guard frame.opcode == 0x8 else { continue }
            guard frame.payload.count >= 2 else { return nil }
            return UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1])
        }
    }
}

public import NIOCore
import WAMPTransport

/// The server's end of a WebSocket, frame by frame.
public final class WebSocketPeer: WebSocketEnd {
    public let raw: RawPeer
    /// The lines of the upgrade request.
    public let request: [String]

    /// Accepts the upgrade.
    public init(
        accepting raw: RawPeer, subprotocol: String? = "wamp.2.json", extra: [String] = [], trailing: ByteBuffer? = nil
    ) async throws {
        self.raw = raw
        request = try await raw.takeRequestHead()
        let key = Self.value("Sec-WebSocket-Key", in: request) ?? ""
        var lines = [
            "HTTP/1.1 101 Switching Protocols", "Upgrade: WebSocket", "Connection: Upgrade",
            "Sec-WebSocket-Accept: \(OpeningHandshake.accept(for: key))",
        ]
        if let subprotocol { lines.append("Sec-WebSocket-Protocol: \(subprotocol)") }
        var answer = ByteBuffer(string: (lines + extra).joined(separator: "\r\n") + "\r\n\r\n")
        if let trailing { answer.writeImmutableBuffer(trailing) }
        try await raw.write(answer)
    }

    /// The value of a header among the lines of a head.
    public static func value(_ name: String, in lines: [String]) -> String? {
        lines.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
            .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
    }

    // MARK: - Frames

    /// The bytes of an unmasked frame, as a server sends it.
    public static func bytes(
        _ opcode: UInt8, _ payload: [UInt8] = [], fin: Bool = true, reserved: UInt8 = 0, mask: [UInt8]? = nil
    ) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger((fin ? 0x80 : 0) | reserved | opcode)
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        switch payload.count {
        case ..<126: buffer.writeInteger(maskBit | UInt8(payload.count))
        case ..<65536:
            buffer.writeInteger(maskBit | 126)
            buffer.writeInteger(UInt16(payload.count))
        default:
            buffer.writeInteger(maskBit | 127)
            buffer.writeInteger(UInt64(payload.count))
        }
        if let mask {
            buffer.writeBytes(mask)
            buffer.writeBytes(payload.enumerated().map { $0.element ^ mask[$0.offset % 4] })
        } else {
            buffer.writeBytes(payload)
        }
        return buffer
    }

    public func send(_ opcode: UInt8, _ payload: [UInt8] = [], fin: Bool = true) async throws {
        try await raw.write(Self.bytes(opcode, payload, fin: fin))
    }

    public func send(text: String) async throws { try await send(0x1, Array(text.utf8)) }

    /// A close frame.
    public func sendClose(_ code: UInt16, _ reason: String = "") async throws {
        try await send(0x8, [UInt8(code >> 8), UInt8(code & 0xff)] + Array(reason.utf8))
    }

    /// The next frame of the client, unmasked. Fails for a frame without a mask.
    public func receive() async throws -> (opcode: UInt8, payload: [UInt8]) {
        try await raw.take(Self.read)
    }

    private static func read(_ buffer: inout ByteBuffer) throws -> (opcode: UInt8, payload: [UInt8])? {
        var rest = buffer
        guard let first = rest.readInteger(as: UInt8.self), let second = rest.readInteger(as: UInt8.self) else {
            return nil
        }
        guard second & 0x80 != 0 else { throw ScriptError("The client sent a frame without a mask.") }
        var length = Int(second & 0x7f)
        if length == 126 {
            guard let long = rest.readInteger(as: UInt16.self) else { return nil }
            length = Int(long)
        } else if length == 127 {
            guard let long = rest.readInteger(as: UInt64.self) else { return nil }
            length = Int(clamping: long)
        }
        guard let mask = rest.readBytes(length: 4), let masked = rest.readBytes(length: length) else { return nil }
        buffer = rest
        return (first & 0x0f, masked.enumerated().map { $0.element ^ mask[$0.offset % 4] })
    }
}

public import NIOCore
public import Values

/// The serializer `wamp.2.json` (wamp-protocol.md 4): one JSON list per message, byte strings as text after U+0000.
public struct JSONMessageCodec: MessageCodec {
    private let limits: JSON.Limits

    /// - Parameter limits: what is accepted from the peer.
    public init(limits: JSON.Limits = .default) { self.limits = limits }

    /// See ``MessageCodec/subprotocol``.
    public var subprotocol: String { "wamp.2.json" }

    /// JSON travels in text frames.
    public var isText: Bool { true }

    /// See ``MessageCodec/encode(_:into:)``.
    public func encode(_ message: Message, into buffer: inout ByteBuffer) throws(WAMPError) {
        do {
            buffer.writeBytes(try JSON.encode(message.value, binary: .wamp))
        } catch {
            throw WAMPError(.invalidMessage, message: "\(message.name) cannot be written as JSON: \(error)")
        }
    }

    /// See ``MessageCodec/decode(_:)``.
    public func decode(_ buffer: ByteBuffer) throws(WAMPError) -> Message {
        let value: Value
        do {
            value = try JSON.decode(buffer.readableBytesView, limits: limits, binary: .wamp)
        } catch {
            throw WAMPError(.protocolViolation, message: "a message that is no JSON: \(error)")
        }
        return try Message(value: value)
    }
}

public import NIOCore

/// A serializer of WAMP: turns messages into the bytes of one transport message and back.
public protocol MessageCodec: Sendable {
    /// The WebSocket subprotocol that stands for it, for example `wamp.2.json`.
    var subprotocol: String { get }

    /// True when its messages travel in text frames.
    var isText: Bool { get }

    /// Appends the message to the buffer.
    /// - Throws: `invalidMessage` when the message holds something the serializer cannot carry (NaN, infinity,
    ///   too deep a nesting).
    func encode(_ message: Message, into buffer: inout ByteBuffer) throws(WAMPError)

    /// Reads one message that fills the whole buffer.
    /// - Throws: `protocolViolation` for bytes that are no message or whose elements are wrong.
    func decode(_ buffer: ByteBuffer) throws(WAMPError) -> Message
}

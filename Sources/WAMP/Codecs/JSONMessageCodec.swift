public import NIOCore

/// The serializer `wamp.2.json`.
public struct JSONMessageCodec: MessageCodec {
    public init() {}
    public var subprotocol: String { "wamp.2.json" }
    public var isText: Bool { true }
    public func encode(_ message: Message, into buffer: inout ByteBuffer) throws(WAMPError) {
        throw WAMPError(.invalidMessage, message: "not yet")
    }
    public func decode(_ buffer: ByteBuffer) throws(WAMPError) -> Message {
        throw WAMPError(.protocolViolation, message: "not yet")
    }
}

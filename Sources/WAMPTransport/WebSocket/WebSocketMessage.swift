public import NIOCore

/// One whole WebSocket message: what the pipeline's last handler reads and writes.
public struct WebSocketMessage: Sendable, Hashable {
    public var data: ByteBuffer
    /// True for a text message, whose bytes are UTF-8.
    public var isText: Bool

    public init(data: ByteBuffer, isText: Bool) {
        self.data = data
        self.isText = isText
    }
}

/// Trigger it as a user outbound event to begin the close handshake; the channel closes after it.
///
/// The peer's close frame is awaited at most ``WebSocketConfiguration/closeTimeout``.
public struct WebSocketCloseRequest: Sendable, Hashable {
    /// 1000 for a normal end, 1002 for a violation of the protocol inside the messages.
    public var code: UInt16

    public init(code: UInt16 = 1000) { self.code = code }
}

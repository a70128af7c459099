import NIOCore
import Values
import WAMP

/// Shows messages to a debugging observer: no secret, never more than 1 KiB.
struct MessageTap: Sendable {
    static let limit = 1024

    let observer: @Sendable (MessageDirection, String) -> Void

    func show(_ direction: MessageDirection, _ message: Message) {
        var buffer = ByteBuffer()
        do {
            try JSONMessageCodec().encode(Self.redacted(message), into: &buffer)
        } catch {
            buffer = ByteBuffer(string: "(a message that is not JSON)")
        }
        let size = buffer.readableBytes
        guard size > Self.limit else { return observer(direction, String(buffer: buffer)) }
        // A character that the cut falls into becomes U+FFFD.
        let start = String(decoding: buffer.readableBytesView.prefix(Self.limit), as: UTF8.self)
        observer(direction, start + "… (\(size) bytes)")
    }

    /// A challenge is redacted too: with it and its signature a weak secret can be guessed offline.
    private static func redacted(_ message: Message) -> Message {
        guard case .challenge(let method, var extra) = message else { return message.redacted }
        if extra["challenge"] != nil { extra["challenge"] = "(redacted)" }
        return .challenge(method: method, extra: extra)
    }
}

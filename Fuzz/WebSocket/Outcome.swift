import FuzzSupport
import NIOCore

@testable import WAMPTransport

/// What one end made of the bytes.
struct Outcome: Equatable {
    let messages: [WebSocketMessage]
    /// Why it ended.
    let end: [TransportError.Code]

    /// Checks what must hold: exactly one end, no message above the limit, text that is UTF-8.
    init(messages: [WebSocketMessage], end: [TransportError.Code], limit: Int) {
        self.messages = messages
        self.end = end
        expect(end.count == 1, "\(end.count) ends")
        for message in messages {
            expect(message.data.readableBytes <= limit, "a message above the limit")
            guard message.isText else { continue }
            let isText = String(validating: message.data.readableBytesView, as: UTF8.self) != nil
            expect(isText, "a text that is not UTF-8")
        }
    }
}

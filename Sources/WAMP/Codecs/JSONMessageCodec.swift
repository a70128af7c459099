public import NIOCore
public import Values

/// The serializer `wamp.2.json` (wamp-protocol.md 4): one JSON list per message, byte strings as text after U+0000.
public struct JSONMessageCodec: MessageCodec {
    /// What becomes of args and kwargs when a message is read.
    public enum PayloadReading: Sendable, Hashable {
        /// They are read together with the message: for a client, which looks at them.
        case values
        /// They are checked just as strictly and kept as bytes: for a router, which passes them on.
        case bytes
    }

    private let limits: JSON.Limits
    private let payloads: PayloadReading

    /// - Parameter limits: what is accepted from the peer.
    public init(limits: JSON.Limits = .default, payloads: PayloadReading = .values) {
        self.limits = limits
        self.payloads = payloads
    }

    /// See ``MessageCodec/subprotocol``.
    public var subprotocol: String { "wamp.2.json" }

    /// JSON travels in text frames.
    public var isText: Bool { true }

    /// See ``MessageCodec/encode(_:into:)``.
    public func encode(_ message: Message, into buffer: inout ByteBuffer) throws(WAMPError) {
        do {
            guard case .encoded(let payload) = message.payload?.storage else {
                buffer.writeBytes(try JSON.encode(message.value, binary: .wamp))
                return
            }
            var bytes = try JSON.encode(.array(message.head), binary: .wamp)
            bytes.reserveCapacity(bytes.count + payload.size)
            bytes.removeLast()
            payload.write(to: &bytes)
            bytes.append(UInt8(ascii: "]"))
            buffer.writeBytes(bytes)
        } catch {
            throw WAMPError(.invalidMessage, message: "\(message.name) cannot be written as JSON: \(error)")
        }
    }

    /// See ``MessageCodec/decode(_:)``.
    public func decode(_ buffer: ByteBuffer) throws(WAMPError) -> Message {
        let bytes = Array(buffer.readableBytesView)
        if payloads == .bytes {
            let message: Result<Message, WAMPError>?
            do {
                message = try lazily(bytes)
            } catch {
                throw Self.notJSON(error)
            }
            if let message { return try message.get() }
        }
        let value: Value
        do {
            value = try JSON.decode(bytes, limits: limits, binary: .wamp)
        } catch {
            throw Self.notJSON(error)
        }
        return try Message(value: value)
    }

    private static func notJSON(_ error: JSONError) -> WAMPError {
        WAMPError(.protocolViolation, message: "a message that is no JSON: \(error)")
    }

    /// Reads what the router looks at and skips the payload; nil for a message without a place for one.
    private func lazily(_ bytes: [UInt8]) throws(JSONError) -> Result<Message, WAMPError>? {
        guard var list = try JSONListReader(bytes, limits: limits, binary: .wamp), let first = try list.next(),
            let code = WAMPID(value: first)?.number, let shape = MessageShape.table[code], shape.payload
        else { return nil }
        var envelope: [Value] = []
        envelope.reserveCapacity(shape.elements.count)
        while envelope.count < shape.elements.count, let element = try list.next() { envelope.append(element) }
        let args = try list.skip()
        let kwargs = try list.skip()
        guard try list.skip() == nil, let payload = EncodedPayload(bytes, args: args, kwargs: kwargs) else {
            // Too long, or with a payload of the wrong type: the eager way has the words for it.
            return nil
        }
        return Result { () throws(WAMPError) in
            try Message(code: code, MessageElements(envelope, payload: Payload(payload), shape: shape))
        }
    }
}

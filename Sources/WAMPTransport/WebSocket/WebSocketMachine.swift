import NIOCore

/// One side of an open WebSocket (RFC 6455 sections 5 to 7) as a value: frames in, actions out. Which side does not
/// matter here: the masking is the business of ``FrameReader`` and ``FrameWriter``.
struct WebSocketMachine {
    enum Action {
        case none
        case deliver(WebSocketMessage)
        /// Answer a ping at once with its own payload.
        case pong(ByteBuffer)
        case ping
        /// Send a close frame with that code, then end.
        case fail(closeCode: UInt16, TransportError)
        /// The peer began the close handshake: answer with that code, then end.
        case answerClose(closeCode: UInt16?, TransportError)
        /// The peer answered our close frame.
        case finish
        /// End without a close frame: nobody would read it.
        case abandon(TransportError)
        case sendClose(UInt16)
    }

    private struct Partial {
        var data: ByteBuffer
        let isText: Bool
        var text = UTF8Validator()
    }

    private enum State { case open, closing, closed }

    /// False once the end has begun on either side.
    var isOpen: Bool { state == .open }
    var isClosed: Bool { state == .closed }

    private let maxMessageSize: Int
    private var state = State.open
    private var partial: Partial?
    private var heard = true
    private var misses = 0

    init(maxMessageSize: Int) { self.maxMessageSize = maxMessageSize }

    /// Any byte of the peer is a sign of life: a large message on a slow line must not look like a dead peer.
    mutating func bytesArrived() { heard = true }

    mutating func received(_ frame: Frame) -> Action {
        guard state != .closed else { return .none }
        switch frame.opcode {
        case .text: return begin(frame, isText: true)
        case .binary: return begin(frame, isText: false)
        case .continuation: return resume(frame)
        case .ping: return state == .open ? .pong(frame.payload) : .none
        case .pong: return .none
        case .close: return closeReceived(frame.payload)
        }
    }

    /// The reader refused the peer's bytes.
    mutating func refused(_ fault: FrameFault) -> Action {
        guard state != .closed else { return .none }
        return switch fault {
        case .tooBig: tooBig()
        case .masking: violation("A frame was masked by a server or not masked by a client.")
        case .reservedBit: violation("A reserved bit was set.")
        case .reservedOpcode: violation("A frame had a reserved opcode.")
        case .fragmentedControl: violation("A control frame was fragmented.")
        case .longControl: violation("A control frame was longer than 125 bytes.")
        }
    }

    /// The interval passed: two in a row without a byte mean that nobody is there.
    mutating func pingDue() -> Action {
        guard state == .open else { return .none }
        misses = heard ? 0 : misses + 1
        heard = false
        guard misses < 2 else {
            state = .closed
            return .abandon(TransportError(.peerUnresponsive, "The peer answered two pings with nothing."))
        }
        return .ping
    }

    mutating func closeRequested(_ code: UInt16) -> Action {
        guard state == .open else { return .none }
        state = .closing
        return .sendClose(code)
    }

    /// The connection is gone; what to report, unless the end was reported already.
    mutating func connectionLost() -> TransportError? {
        defer { state = .closed }
        switch state {
        case .open: return TransportError(.reset, "The connection ended without a close frame.")
        case .closing: return TransportError(.closed, "The connection was closed here.")
        case .closed: return nil
        }
    }

    // MARK: - Messages

    private mutating func begin(_ frame: Frame, isText: Bool) -> Action {
        guard partial == nil else { return violation("A message began inside another.") }
        return append(frame, to: Partial(data: ByteBuffer(), isText: isText))
    }

    private mutating func resume(_ frame: Frame) -> Action {
        guard let started = partial else { return violation("A continuation came without a beginning.") }
        partial = nil
        return append(frame, to: started)
    }

    private mutating func append(_ frame: Frame, to started: consuming Partial) -> Action {
        var message = started
        let data = frame.payload
        guard data.readableBytes <= maxMessageSize - message.data.readableBytes else { return tooBig() }
        if message.isText {
            guard message.text.accept(data), !frame.isFinal || message.text.isComplete else {
                return fail(1007, TransportError(.invalidText, "A text message was not UTF-8."))
            }
        }
        if message.data.readableBytes == 0 {
            message.data = data
        } else {
            message.data.writeImmutableBuffer(data)
        }
        guard frame.isFinal else {
            partial = message
            return .none
        }
        return state == .open ? .deliver(WebSocketMessage(data: message.data, isText: message.isText)) : .none
    }

    // MARK: - Ends

    private mutating func closeReceived(_ payload: ByteBuffer) -> Action {
        if state == .closing {
            state = .closed
            return .finish
        }
        var rest = payload
        if payload.readableBytes == 0 {
            state = .closed
            return .answerClose(closeCode: nil, TransportError(.closedByPeer(nil), "The peer closed the connection."))
        }
        guard let code = rest.readInteger(as: UInt16.self), Self.mayBeSent(code) else {
            return violation("The peer's close frame has no valid code.")
        }
        var text = UTF8Validator()
        guard text.accept(rest), text.isComplete else {
            return fail(1007, TransportError(.invalidText, "The reason of a close frame was not UTF-8."))
        }
        state = .closed
        let reason = String(buffer: rest)
        let sentence = "The peer closed the connection with code \(code)\(reason.isEmpty ? "" : ": \(reason)")."
        return .answerClose(closeCode: code, TransportError(.closedByPeer(code), sentence))
    }

    /// RFC 6455 7.4: 1004, 1005, 1006 and 1015 are never on the wire, below 3000 only what is registered.
    private static func mayBeSent(_ code: UInt16) -> Bool {
        (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
    }

    private mutating func tooBig() -> Action {
        fail(1009, TransportError(.messageTooBig, "A message was larger than \(maxMessageSize) bytes."))
    }

    private mutating func violation(_ sentence: String) -> Action {
        fail(1002, TransportError(.protocolViolation, sentence))
    }

    private mutating func fail(_ closeCode: UInt16, _ error: TransportError) -> Action {
        defer { state = .closed }
        // After our own close frame a second one must not follow.
        return switch state {
        case .open: .fail(closeCode: closeCode, error)
        case .closing: .abandon(error)
        case .closed: .none
        }
    }
}

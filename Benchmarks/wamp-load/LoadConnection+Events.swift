import NIOCore

/// What a subscriber has got.
struct EventState {
    var count = 0
    var last: NIODeadline?
    var published = 0
}

extension LoadConnection {
    static let topic = "reswarm.bench.topic"

    func becomeSubscriber() async throws {
        try await request("[32,1,{},\"\(Self.topic)\"]")
        role = .subscriber
    }

    func arrived(_ buffer: ByteBuffer) {
        guard LoadPayload.isAtEnd(of: buffer) else { return fail(LoadError("an event lost its argument")) }
        events.count += 1
        events.last = .now()
    }

    /// Publishes windows, each without acknowledgement but for its last event, which is waited for.
    func publish(_ count: Int, window: Int) async throws {
        role = .publisher
        var left = count
        while left > 0 {
            let size = min(window, left)
            left -= size
            try await withCheckedThrowingContinuation { continuation in
                acknowledgement = continuation
                for index in 1...size {
                    writePublish(acknowledge: index == size)
                    // As a program does that publishes one thing after the other.
                    flush()
                }
            }
        }
    }

    private func writePublish(acknowledge: Bool) {
        events.published += 1
        var buffer = channel.allocator.buffer(capacity: 192)
        buffer.writeString("[16,")
        buffer.writeString(String(events.published))
        buffer.writeString(acknowledge ? ",{\"acknowledge\":true},\"" : ",{},\"")
        buffer.writeString(Self.topic)
        buffer.writeString("\",")
        buffer.writeString(LoadPayload.json)
        buffer.writeString("]")
        write(buffer)
    }
}

import NIOCore

/// The calls under way of a caller.
struct CallState {
    var wanted = 0
    var sent = 0
    var returned = 0
    /// The request number before the first call of this round.
    var base = 0
    var started: [NIODeadline] = []
    var latencies: [Int64] = []
    var done: CheckedContinuation<Void, any Error>?
}

extension LoadConnection {
    static let procedure = "reswarm.bench.echo"

    func becomeCallee() async throws {
        role = .idle
        try await request("[64,1,{},\"\(Self.procedure)\"]")
        role = .callee
    }

    func answer(_ request: Int, _ buffer: ByteBuffer) {
        guard LoadPayload.isAtEnd(of: buffer) else { return fail(LoadError("an invocation lost its argument")) }
        var answer = channel.allocator.buffer(capacity: 192)
        answer.writeString("[70,")
        answer.writeString(String(request))
        answer.writeString(",{},")
        answer.writeString(LoadPayload.json)
        answer.writeString("]")
        write(answer)
    }

    /// Makes so many calls, so many of them at a time.
    /// - Returns: nanoseconds of each call, from just before CALL to RESULT.
    func call(_ count: Int, inFlight: Int) async throws -> [Int64] {
        role = .caller
        let base = calls.base + calls.sent
        try await withCheckedThrowingContinuation { continuation in
            calls = CallState(wanted: count, base: base, done: continuation)
            calls.started.reserveCapacity(count)
            calls.latencies.reserveCapacity(count)
            for _ in 0..<min(inFlight, count) { sendCall() }
            flush()
        }
        return calls.latencies
    }

    private func sendCall() {
        calls.sent += 1
        var buffer = channel.allocator.buffer(capacity: 192)
        buffer.writeString("[48,")
        buffer.writeString(String(calls.base + calls.sent))
        buffer.writeString(",{},\"\(Self.procedure)\",")
        buffer.writeString(LoadPayload.json)
        buffer.writeString("]")
        calls.started.append(.now())
        write(buffer)
    }

    func returned(_ request: Int, _ buffer: ByteBuffer) {
        let index = request - calls.base - 1
        guard calls.started.indices.contains(index), LoadPayload.isAtEnd(of: buffer) else {
            return fail(LoadError("a wrong result: \(String(buffer: buffer).prefix(200))"))
        }
        calls.latencies.append((NIODeadline.now() - calls.started[index]).nanoseconds)
        calls.returned += 1
        if calls.sent < calls.wanted {
            sendCall()
        } else if calls.returned == calls.wanted {
            calls.done.take()?.resume()
        }
    }
}

import AsyncSupport
import NIOCore
import Synchronization
import Values
import WAMP

// MARK: - Serving

extension AnsweringRouter {
    /// Runs a client against this router on a loopback port: a free one, if none is given.
    public func run<R: Sendable>(
        port: Int = 0, _ client: @escaping @Sendable (_ url: String) async throws -> R
    ) async throws -> R {
        try await withLoopbackServer(port: port) { port in
            try await client("ws://127.0.0.1:\(port)/ws")
        } server: { raw, number in
            try await self.accept(raw, number)
        }
    }

    private func accept(_ raw: RawPeer, _ number: Int) async throws {
        let admission = state.withLock { state in
            state.connections += 1
            return state.admission
        }
        if admission == .silentUpgrade { return await raw.waitForEnd() }
        if case .answerUpgrade(let bytes) = admission {
            defer { note(.end, number) }
            _ = try? await raw.takeRequestHead()
            try await raw.write(bytes)
            return await raw.waitForEnd()
        }
        do {
            try await serve(ScriptedRouter(try await WebSocketPeer(accepting: raw)), number)
        } catch is ScriptError {
            // A client may go at any moment.
        }
    }

    /// Plays the router's end of one connection until it is over.
    private func serve(_ peer: ScriptedRouter, _ number: Int) async throws {
        defer { note(.end, number) }
        try await open(peer, number)
        state.withLock { $0.channels[number] = peer.webSocket.raw.channel }
        defer {
            state.withLock { state in
                state.channels[number] = nil
                state.holders = state.holders.filter { $0.value != number }
            }
        }
        while let message = try await next(from: peer) {
            guard try await take(message, from: peer, number) else { return }
        }
    }

    private func note(_ entry: Entry, _ number: Int) { state.withLock { $0.entries.append((number, entry)) } }

    private func open(_ peer: ScriptedRouter, _ number: Int) async throws {
        let details = try await peer.expect("HELLO") { if case .hello(_, let details) = $0 { details } else { nil } }
        note(.hello(authID: details["authid"]?.string ?? ""), number)
        let admission = state.withLock { $0.admission }
        switch admission {
        case .welcome, .silentWelcome, .silentUpgrade: break
        case .silence, .answerUpgrade: return await peer.webSocket.raw.waitForEnd()
        case .answerHello(let frames):
            try await peer.webSocket.raw.write(frames)
            return await peer.webSocket.raw.waitForEnd()
        case .abort(let uri, let text):
            try await peer.send(.abort(details: ["message": .string(text)], reason: uri, payload: Payload()))
            return await peer.webSocket.raw.waitForEnd()
        }
        try await peer.send(.challenge(method: "wampcra", extra: ["challenge": "a-challenge-to-be-signed"]))
        try await peer.expect("AUTHENTICATE") { if case .authenticate = $0 { () } else { nil } }
        note(.authenticate, number)
        if admission == .silentWelcome { return await peer.webSocket.raw.waitForEnd() }
        let features: Object = Object(dealerFeatures.map { ($0, true) })
        let roles: Object = ["broker": [:], "dealer": ["features": .object(features)]]
        try await peer.send(
            .welcome(session: UInt64(4711 + number), details: ["roles": .object(roles), "realm": "realm1"]))
    }

    /// The next message; pings are answered or not. Nil at the end of the connection.
    private func next(from peer: ScriptedRouter) async throws -> Message? {
        while true {
            let frame: (opcode: UInt8, payload: [UInt8])
            do { frame = try await peer.webSocket.receive() } catch is ScriptError { return nil }
            switch frame.opcode {
            case 0x1: return try JSONMessageCodec().decode(ByteBuffer(bytes: frame.payload))
            case 0x9:
                let answers = state.withLock { state in
                    state.pings += 1
                    return state.answersPings
                }
                if answers { try await peer.webSocket.send(0xa, frame.payload) }
            case 0xa: continue
            default: return nil
            }
        }
    }

    /// False when the session is over.
    private func take(_ message: Message, from peer: ScriptedRouter, _ number: Int) async throws -> Bool {
        switch message {
        case .register(let request, let options, let procedure):
            let takesOver = options["force_reregister"] == .bool(true)
            note(.register(procedure, takesOver: takesOver), number)
            let answer = try await hold(procedure, by: number, takesOver: takesOver) ?? answer(.register(procedure))
            try await reply(MessageCode.register, request, answer, peer) { id in
                state.withLock { $0.registrations[procedure] = id }
                return .registered(request: request, registration: id)
            }
        case .subscribe(let request, _, let topic):
            note(.subscribe(topic), number)
            try await reply(MessageCode.subscribe, request, answer(.subscribe(topic)), peer) { id in
                state.withLock { $0.subscriptions[topic] = id }
                return .subscribed(request: request, subscription: id)
            }
        case .call(let request, _, let procedure, let payload):
            let answer = answer(.call(procedure, payload.args))
            guard case .result(let values) = answer else {
                note(.failedCall(procedure, payload.args), number)
                try await reply(MessageCode.call, request, answer, peer) { _ in nil }
                break
            }
            note(.call(procedure, payload.args), number)
            try await reply(MessageCode.call, request, answer, peer) { _ in
                .result(request: request, details: [:], payload: Payload(values))
            }
        case .publish(_, _, let topic, let payload): note(.publish(topic, payload.args), number)
        case .yield(let request, _, let payload):
            note(.yield(payload.args), number)
            respond(request, .result(payload))
        case .error(_, let request, _, let uri, let payload):
            note(.error(uri), number)
            respond(request, .error(uri, payload))
        case .goodbye:
            note(.goodbye, number)
            if state.withLock({ $0.answersGoodbye }) {
                try await peer.send(.goodbye(details: [:], reason: CloseURI.goodbyeAndOut))
            }
            await peer.webSocket.raw.waitForEnd()
            return false
        default: break
        }
        return true
    }

    /// Nil when the connection may have the procedure; whoever it was taken from is told.
    private func hold(_ procedure: String, by number: Int, takesOver: Bool) async throws -> Answer? {
        let (isFree, evicted) = state.withLock { state -> (Bool, (any Channel, UInt64)?) in
            guard state.tellsHoldersApart else { return (true, nil) }
            let holder = state.holders[procedure].flatMap { $0 == number ? nil : $0 }
            guard holder == nil || takesOver else { return (false, nil) }
            state.holders[procedure] = number
            guard let holder, let channel = state.channels[holder], let id = state.registrations[procedure] else {
                return (true, nil)
            }
            return (true, (channel, id))
        }
        guard isFree else { return .error(ErrorURI.procedureAlreadyExists, "\(procedure) is registered") }
        if let (channel, id) = evicted {
            let details: Object = ["registration": .integer(id), "reason": .string(ErrorURI.unregistered)]
            var buffer = ByteBuffer()
            try JSONMessageCodec().encode(.unregistered(request: 0, details: details), into: &buffer)
            try? await channel.writeAndFlush(WebSocketPeer.bytes(0x1, Array(buffer.readableBytesView)))
        }
        return nil
    }

    private func reply(
        _ type: UInt64, _ request: UInt64, _ answer: Answer, _ peer: ScriptedRouter, accept: (UInt64) -> Message?
    ) async throws {
        switch answer {
        case .silence: break
        case .error(let uri, let text):
            try await peer.send(
                .error(type: type, request: request, details: [:], uri: uri, payload: Payload([.string(text)])))
        case .result:
            let id = state.withLock { state in
                state.nextID += 1
                return state.nextID
            }
            if let message = accept(id) { try await peer.send(message) }
        }
    }
}

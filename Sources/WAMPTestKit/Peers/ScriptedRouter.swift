import NIOCore
public import Values
public import WAMP
import WAMPTransport

/// The router's end of a session, message by message.
public final class ScriptedRouter {
    public let webSocket: WebSocketPeer
    private let codec = JSONMessageCodec()

    public init(_ webSocket: WebSocketPeer) { self.webSocket = webSocket }

    /// The client's next message.
    public func receive() async throws -> Message {
        let text = try await webSocket.receiveText()
        return try codec.decode(ByteBuffer(string: text))
    }

    /// The client's next message, if the closure takes something from it.
    public func expect<T>(_ what: String = "", _ take: (Message) -> T?) async throws -> T {
        let message = try await receive()
        guard let value = take(message) else { throw ScriptError("Unexpected instead of \(what): \(message)") }
        return value
    }

    public func send(_ message: Message) async throws {
        var buffer = ByteBuffer()
        try codec.encode(message, into: &buffer)
        try await webSocket.send(text: String(buffer: buffer))
    }

    // MARK: - Usual exchanges

    /// Takes HELLO and answers WELCOME; returns HELLO's details.
    @discardableResult
    public func welcome(session: UInt64 = 4711, dealer: Object = [:]) async throws -> Object {
        let details = try await expect("HELLO") { if case .hello(_, let details) = $0 { details } else { nil } }
        let roles: Object = ["broker": [:], "dealer": .object(["features": .object(dealer)])]
        try await send(.welcome(session: session, details: ["roles": .object(roles), "realm": "realm1"]))
        return details
    }

    /// Takes REGISTER and answers REGISTERED; returns the procedure.
    @discardableResult
    public func registered(_ registration: UInt64) async throws -> String {
        let (request, procedure) = try await expect("REGISTER") { message -> (UInt64, String)? in
            if case .register(let request, _, let procedure) = message { (request, procedure) } else { nil }
        }
        try await send(.registered(request: request, registration: registration))
        return procedure
    }

    /// Takes SUBSCRIBE and answers SUBSCRIBED; returns the topic.
    @discardableResult
    public func subscribed(_ subscription: UInt64) async throws -> String {
        let (request, topic) = try await expect("SUBSCRIBE") { message -> (UInt64, String)? in
            if case .subscribe(let request, _, let topic) = message { (request, topic) } else { nil }
        }
        try await send(.subscribed(request: request, subscription: subscription))
        return topic
    }

    /// Takes CALL; returns its number, options and arguments.
    public func call() async throws -> (request: UInt64, options: Object, procedure: String, payload: Payload) {
        try await expect("CALL") { message in
            guard case .call(let request, let options, let procedure, let payload) = message else { return nil }
            return (request, options, procedure, payload)
        }
    }

    /// Takes YIELD; returns its invocation, options and payload.
    public func yielded() async throws -> (request: UInt64, options: Object, payload: Payload) {
        try await expect("YIELD") { message in
            guard case .yield(let request, let options, let payload) = message else { return nil }
            return (request, options, payload)
        }
    }

    /// Takes an ERROR; returns the request, the URI and the payload.
    public func error() async throws -> (request: UInt64, uri: String, payload: Payload) {
        try await expect("ERROR") { message in
            guard case .error(_, let request, _, let uri, let payload) = message else { return nil }
            return (request, uri, payload)
        }
    }

    /// Takes GOODBYE and answers it, then waits for the end of the connection.
    public func goodbye() async throws {
        try await expect("GOODBYE") { if case .goodbye = $0 { () } else { nil } }
        try await send(.goodbye(details: [:], reason: CloseURI.goodbyeAndOut))
        await webSocket.raw.waitForEnd()
    }
}

/// Runs a client against a scripted router on a loopback WebSocket server.
///
/// The router's closure runs once per connection, with its number from 0 on; the upgrade is done already.
public func withScriptedRouter<R: Sendable>(
    client: @escaping @Sendable (_ url: String) async throws -> R,
    router: @escaping @Sendable (_ peer: ScriptedRouter, _ number: Int) async throws -> Void
) async throws -> R {
    try await withLoopbackServer { port in
        try await client("ws://127.0.0.1:\(port)/ws")
    } server: { raw, number in
        // A client that gives up before the upgrade is no fault of the script.
        guard let webSocket = try? await WebSocketPeer(accepting: raw) else { return }
        try await router(ScriptedRouter(webSocket), number)
    }
}

import AsyncSupport
public import NIOCore
import Synchronization
public import Values
public import WAMP

/// A router that answers everything a client asks by a closure, remembers what came, and can speak by itself.
///
/// For whole sessions whose messages come in an order that the test does not prescribe. What a client does wrong ends
/// its connection and is an entry less, not an error of the router.
public final class AnsweringRouter: Sendable {
    /// What a client did, without request numbers.
    public enum Entry: Sendable, Equatable {
        case hello(authID: String)
        case authenticate
        case register(String, takesOver: Bool)
        case subscribe(String)
        case call(String, [Value])
        /// A call that got an error or no answer.
        case failedCall(String, [Value])
        case publish(String, [Value])
        case yield([Value])
        case error(String)
        case goodbye
        /// The connection is over.
        case end
    }

    public enum Answer: Sendable, Equatable {
        case result([Value])
        case error(String, String)
        case silence
    }

    /// What the client answered to a call of the test.
    public enum Response: Sendable, Equatable {
        case result(Payload)
        case error(String, Payload)
        /// The session ended, or nothing came in time.
        case none
    }

    /// What happens to a session that wants to be opened.
    public enum Admission: Sendable, Equatable {
        case welcome
        case abort(String, String)
        /// TCP and WebSocket stand, HELLO is never answered.
        case silence
        /// TCP stands, the opening handshake of the WebSocket is never answered.
        case silentUpgrade
        /// The proof of identity came and is never answered.
        case silentWelcome
        /// These bytes are the answer to the upgrade.
        case answerUpgrade(ByteBuffer)
        /// These frames are the answer to HELLO.
        case answerHello(ByteBuffer)
    }

    /// The procedure of a CALL with its arguments; of a REGISTER without; the topic of a SUBSCRIBE.
    public enum Question: Sendable {
        case call(String, [Value])
        case register(String)
        case subscribe(String)
    }

    struct State {
        var entries: [(session: Int, entry: Entry)] = []
        var admission: Admission = .welcome
        var channels: [Int: any Channel] = [:]
        var registrations: [String: UInt64] = [:]
        /// The connection that holds a procedure, when they are told apart.
        var holders: [String: Int] = [:]
        var tellsHoldersApart = false
        var subscriptions: [String: UInt64] = [:]
        var connections = 0
        var pings = 0
        var nextID: UInt64 = 100
        var nextInvocation: UInt64 = 0
        /// Answers to ``AnsweringRouter/call(_:_:caller:within:)``; nil while they are awaited.
        var responses: [UInt64: Response?] = [:]
        var answersPings = true
        var answersGoodbye = true
    }

    let state = Mutex(State())
    let dealerFeatures: [String]
    let answer: @Sendable (Question) -> Answer

    /// - Parameter dealerFeatures: what WELCOME announces.
    public init(
        dealerFeatures: [String] = ["progressive_call_results"], answer: @escaping @Sendable (Question) -> Answer
    ) {
        self.dealerFeatures = dealerFeatures
        self.answer = answer
    }

    // MARK: - What came

    public var entries: [Entry] { state.withLock { $0.entries.map(\.entry) } }

    /// Of one session, counted from 0 in the order of connections.
    public func entries(of session: Int) -> [Entry] {
        state.withLock { $0.entries.filter { $0.session == session }.map(\.entry) }
    }

    /// The arguments of the calls of a procedure, failed ones included.
    public func calls(of procedure: String) -> [[Value]] {
        entries.compactMap { entry in
            switch entry {
            case .call(procedure, let arguments), .failedCall(procedure, let arguments): arguments
            default: nil
            }
        }
    }

    public func count(_ entry: Entry) -> Int { entries.count { $0 == entry } }

    /// How many sessions ask to be opened so far.
    public var hellos: Int { entries.count { if case .hello = $0 { true } else { false } } }

    /// Accepted TCP connections.
    public var connections: Int { state.withLock { $0.connections } }

    /// Pings that came.
    public var pings: Int { state.withLock { $0.pings } }

    // MARK: - What it does

    /// For sessions to come.
    public func admit(_ admission: Admission) { state.withLock { $0.admission = admission } }

    public func answerPings(_ answers: Bool) { state.withLock { $0.answersPings = answers } }

    public func answerGoodbye(_ answers: Bool) { state.withLock { $0.answersGoodbye = answers } }

    /// From now on a procedure belongs to one connection: another one is refused, or takes it by force (8.10).
    public func tellHoldersApart() { state.withLock { $0.tellsHoldersApart = true } }

    /// The router's number of a procedure's registration.
    public func registration(of procedure: String) -> UInt64? { state.withLock { $0.registrations[procedure] } }

    /// The router's number of a topic's subscription.
    public func subscription(of topic: String) -> UInt64? { state.withLock { $0.subscriptions[topic] } }

    /// Sends a message to every open session, whether it has a place there or not.
    public func send(_ message: Message) async throws { try await sendToAll(message) }

    /// Sends a text frame to every open session.
    public func send(text: String) async throws { try await sendToAll(WebSocketPeer.bytes(0x1, Array(text.utf8))) }

    /// Sends an event of a topic to every connection that subscribed it.
    public func publish(_ topic: String, _ arguments: [Value]) async throws {
        guard let id = state.withLock({ $0.subscriptions[topic] }) else {
            throw ScriptError("Nobody listens: \(topic)")
        }
        try await sendToAll(.event(subscription: id, publication: 1, details: [:], payload: Payload(arguments)))
    }

    /// Calls a procedure of the client; the answer comes as an entry.
    public func invoke(_ procedure: String, _ payload: Payload, caller: String) async throws {
        try await invoke(procedure, payload, caller: caller, isAwaited: false)
    }

    /// Calls a procedure of the client and returns its answer.
    public func call(
        _ procedure: String, _ payload: Payload = Payload(), caller: String = "system",
        within limit: Duration = .seconds(10)
    ) async throws -> Response {
        let number = try await invoke(procedure, payload, caller: caller, isAwaited: true)
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if let response = state.withLock({ $0.responses[number] ?? nil }) { return response }
            try await SystemTime().sleep(for: .milliseconds(2))
        }
        return .none
    }

    @discardableResult
    private func invoke(_ procedure: String, _ payload: Payload, caller: String, isAwaited: Bool) async throws -> UInt64
    {
        let numbers = state.withLock { state in
            state.nextInvocation += 1
            if isAwaited { state.responses[state.nextInvocation] = .some(nil) }
            return (state.registrations[procedure], state.nextInvocation)
        }
        guard let id = numbers.0 else { throw ScriptError("Nobody registered \(procedure).") }
        let details: Object = ["caller_authid": .string(caller)]
        try await sendToAll(.invocation(request: numbers.1, registration: id, details: details, payload: payload))
        return numbers.1
    }

    func respond(_ request: UInt64, _ response: Response) {
        state.withLock { state in
            if state.responses[request] != nil { state.responses[request] = .some(response) }
        }
    }

    /// Sends bytes, whole frames or not, to every session that is open.
    public func write(_ bytes: ByteBuffer) async throws {
        for channel in state.withLock({ Array($0.channels.values) }) { try await channel.writeAndFlush(bytes) }
    }

    /// The numbers under which procedures are registered and topics subscribed now.
    public var registrations: [String: UInt64] { state.withLock { $0.registrations } }
    public var subscriptions: [String: UInt64] { state.withLock { $0.subscriptions } }

    /// Sessions that are open now.
    public var openSessions: Int { state.withLock { $0.channels.count } }

    /// Ends every connection without a word.
    public func cut() async {
        for channel in state.withLock({ Array($0.channels.values) }) { try? await channel.close() }
    }

    private func sendToAll(_ message: Message) async throws {
        var buffer = ByteBuffer()
        try JSONMessageCodec().encode(message, into: &buffer)
        try await sendToAll(WebSocketPeer.bytes(0x1, Array(buffer.readableBytesView)))
    }

    private func sendToAll(_ frame: ByteBuffer) async throws {
        for channel in state.withLock({ Array($0.channels.values) }) { try await channel.writeAndFlush(frame) }
    }
}

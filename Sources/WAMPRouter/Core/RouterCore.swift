import AsyncSupport
import DequeModule
import Logging
import NIOCore
import Values
import WAMP
import WAMPTransport

/// The router's state, all of it on one event loop: connections, sessions, realms. Carries out what the machines of
/// ``WAMP`` decide. No hop between threads lies on the way of a message, so the order is that of arrival.
final class RouterCore {
    /// A question to the authenticator, with the connection and the session that it is for.
    struct AuthenticationRequest: Sendable {
        let connection: UInt64
        let session: UInt64
        let request: JoinRequest
    }

    let configuration: RouterConfiguration
    let loop: any EventLoop
    let time: any TimeSource
    let logger: Logger
    let codec: JSONMessageCodec
    let openingOptions: OpeningOptions
    let againOptions: OpeningOptions
    let authentications: BoundedChannel<AuthenticationRequest>

    var realms: [String: Realm] = [:]
    var connections: [UInt64: RouterConnection] = [:]
    /// By session, over all realms.
    var sessions: [UInt64: RouterConnection] = [:]
    /// Numbers of sessions that are being opened.
    var reserved: Set<UInt64> = []
    var statistics = RouterStatistics()
    var joinLimiter: JoinLimiter
    var logLimiter = LogLimiter()
    var isDraining = false
    var drained: EventLoopPromise<Void>?

    /// Events that came while the actions of an earlier one were carried out.
    var events: Deque<(Realm, RealmEvent)> = []
    var isCarryingOut = false
    var dirty: [RouterConnection] = []
    private var nextConnection: UInt64 = 0
    private var random = SystemRandomNumberGenerator()
    private var scan: Scheduled<Void>?

    init(
        configuration: RouterConfiguration, authorizer: any RouterAuthorizer, loop: any EventLoop,
        time: any TimeSource, logger: Logger, authentications: BoundedChannel<AuthenticationRequest>
    ) {
        self.configuration = configuration
        self.loop = loop
        self.time = time
        self.logger = logger
        self.authentications = authentications
        codec = JSONMessageCodec(
            limits: .init(size: configuration.maxMessageSize), payloads: .bytes)
        openingOptions = configuration.opening(helloTimeout: configuration.helloTimeout)
        againOptions = configuration.opening(helloTimeout: configuration.goodbyeGrace)
        joinLimiter = JoinLimiter(configuration.joinLimit)
        for name in configuration.realms {
            let machine = RealmMachine(realm: name, options: configuration.realmOptions) {
                authorizer.allows($0, $1, match: $2, by: $3)
            }
            realms[name] = Realm(name: name, machine: machine)
        }
    }

    // MARK: - Connections

    /// Whether one more transport may be opened.
    var hasRoom: Bool {
        !isDraining && sessions.count < configuration.maxSessions
            && connections.count - sessions.count < configuration.maxUnjoined
    }

    func opened(_ transport: WebSocketServerConnection) {
        let connection = RouterConnection(id: nextConnection, transport: transport, core: self)
        nextConnection += 1
        transport.receiver = connection
        connections[connection.id] = connection
        guard !isDraining else { return transport.close(code: 1001) }
        open(connection, isAgain: false)
    }

    func received(_ frame: WebSocketMessage, on connection: RouterConnection) {
        let decoded: Result<Message, WAMPError>
        do throws(WAMPError) {
            guard frame.isText == codec.isText else {
                throw WAMPError(.protocolViolation, message: "a frame of the wrong kind")
            }
            decoded = .success(try codec.decode(frame.data))
        } catch {
            decoded = .failure(error)
        }
        statistics.messagesIn += 1
        switch connection.phase {
        case .joined(let session, let realm):
            switch decoded {
            case .success(let message): feed(realm, .message(message, from: session))
            case .failure(let error): feed(realm, .invalid(error, from: session))
            }
        case .opening(let opening): advance(connection, opening, decoded)
        case .ending:
            // The answer to our GOODBYE: nothing more is to come.
            if case .success(.goodbye) = decoded { close(connection, code: isDraining ? 1001 : 1000) }
        case .over: break
        }
    }

    func transportEnded(_ connection: RouterConnection, _ error: TransportError) {
        let phase = connection.phase
        connection.phase = .over
        connection.deadline = nil
        connections[connection.id] = nil
        if error.code == .peerUnresponsive { statistics.unresponsive += 1 }
        switch phase {
        case .opening(let opening):
            carryOut(opening.machine.abandon(), connection, opening)
            reserved.remove(opening.session)
        case .joined(let session, let realm):
            sessions[session] = nil
            logger.debug(
                "session lost", metadata: ["session": "\(session)", "reason": "\(error)", "peer": "\(connection.peer)"])
            feed(realm, .left(session))
        case .ending, .over: break
        }
        if connections.isEmpty { drained.take()?.succeed() }
    }

    /// Flushes, then closes with that code.
    func close(_ connection: RouterConnection, code: UInt16) {
        connection.deadline = nil
        connection.nextPing = nil
        connection.transport.close(code: code)
    }

    /// A number that no session and no opening has.
    func drawSession() -> UInt64 {
        while true {
            let session = WAMPID.random(using: &random)
            if sessions[session] == nil, reserved.insert(session).inserted { return session }
        }
    }

    // MARK: - Time

    func startScanning() {
        scan = loop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.scanInterval)) {
            self.look()
            self.startScanning()
        }
    }

    func stopScanning() {
        scan?.cancel()
        scan = nil
    }

    /// What is due on any connection. One scan instead of timers per session: a timer is an object and a place in a heap.
    private func look() {
        let now = time.monotonic
        for connection in connections.values { look(connection, now) }
    }

    private func look(_ connection: RouterConnection, _ now: Duration) {
        if connection.isTooSlow(configuration.outbound, now: now) {
            return endSlow(connection, "It read too slowly for \(configuration.outbound.grace).")
        }
        if let deadline = connection.deadline, now >= deadline {
            connection.deadline = nil
            return deadlinePassed(connection)
        }
        if let due = connection.nextPing, now >= due, let interval = configuration.pingInterval {
            connection.nextPing = now + interval
            connection.transport.checkAlive()
        }
    }

    private func deadlinePassed(_ connection: RouterConnection) {
        switch connection.phase {
        case .opening(let opening): carryOut(opening.machine.timerFired(), connection, opening)
        case .ending: close(connection, code: isDraining ? 1001 : 1000)
        case .joined, .over: break
        }
    }

    // MARK: - Log

    /// For what a hostile peer can cause as often as it likes.
    func logLimited(_ text: Logger.Message, _ metadata: Logger.Metadata) {
        guard let suppressed = logLimiter.admit(at: time.monotonic) else { return }
        var metadata = metadata
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        logger.notice(text, metadata: metadata)
    }
}

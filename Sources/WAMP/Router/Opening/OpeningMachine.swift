public import Values

/// A router's side of one transport before WELCOME: HELLO, the authenticator's word, CHALLENGE, AUTHENTICATE
/// (wamp-protocol.md 3.1, 10).
///
/// Says what to do and does nothing itself. Every event goes in through a method; its actions are carried out in
/// their order before the next event. After `join` or `close` nothing comes out any more.
public struct OpeningMachine: Sendable {
    enum Phase: Sendable {
        case idle
        case waitingForHello
        /// The authenticator is asked.
        case authenticating(JoinRequest, hello: Object)
        case challenged(Challenge, hello: Object)
        case over
    }

    let session: UInt64
    let peer: PeerAddress
    let transport: Object
    let options: OpeningOptions
    var random: any RandomNumberGenerator & Sendable
    var phase = Phase.idle

    /// The opening of one session.
    /// - Parameters:
    ///   - session: the number that the session will have; the caller draws it with ``WAMPID/random(using:)`` and
    ///     sees to it that no other session and no other opening has it.
    ///   - transport: what `wamp.session.get` will show of the transport.
    ///   - random: for nonces; unpredictable outside of tests.
    public init(
        session: UInt64, peer: PeerAddress, transport: Object = [:], options: OpeningOptions,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.session = session
        self.peer = peer
        self.transport = transport
        self.options = options
        self.random = random
    }

    /// True after `join` and `close`.
    public var isOver: Bool { if case .over = phase { true } else { false } }

    /// The transport is open, or a session on it ended: wait for HELLO.
    public mutating func start() -> [OpeningAction] {
        guard case .idle = phase else { return [] }
        phase = .waitingForHello
        return [.startTimer(options.helloTimeout)]
    }

    /// Takes a message of the client.
    public mutating func receive(_ message: Message) -> [OpeningAction] {
        switch (phase, message) {
        case (.over, _): return []
        case (_, .abort): return close(.left)
        case (.waitingForHello, .hello(let realm, let details)): return hello(realm, details)
        case (.challenged(let challenge, let hello), .authenticate(let answer, _)):
            // One challenge, one answer: whatever it is, this challenge is spent.
            return challenge.accepts(answer)
                ? welcome(challenge.identity, hello) : abort(challenge.refusal)
        case (.authenticating, .extended), (.challenged, .extended): return []
        default: return violated("\(message.name) has no place here")
        }
    }

    /// Bytes came that are no message.
    public mutating func receiveInvalid(_ error: WAMPError) -> [OpeningAction] {
        isOver ? [] : violated(error.message)
    }

    /// The timer ran out. The client is not told: for it a lost transport is a reason to try again, while an ABORT
    /// could be one to give up.
    public mutating func timerFired() -> [OpeningAction] {
        guard !isOver else { return [] }
        phase = .over
        return [.close(.timeout)]
    }

    /// The transport is gone, or the router stops: nothing is to be done any more.
    public mutating func abandon() -> [OpeningAction] {
        guard !isOver else { return [] }
        phase = .over
        return [.cancelTimer]
    }
}

// MARK: - Ends

extension OpeningMachine {
    mutating func welcome(_ identity: SessionIdentity, _ hello: Object) -> [OpeningAction] {
        phase = .over
        let details: Object = [
            "realm": .string(identity.realm), "authid": .string(identity.authID),
            "authrole": .string(identity.authRole), "authmethod": .string(identity.authMethod),
            "authprovider": .string(identity.authProvider), "roles": RouterFeatures.roles,
            "agent": .string(options.agent),
        ]
        return [
            .cancelTimer, .send(.welcome(session: identity.session, details: details)), .join(identity, hello: hello),
        ]
    }

    mutating func abort(_ refusal: JoinRefusal) -> [OpeningAction] {
        [.send(Self.abort(reason: refusal.uri, refusal.message))]
            + close(.refused(reason: refusal.uri, message: refusal.message))
    }

    mutating func violated(_ text: String) -> [OpeningAction] {
        [.send(Self.abort(reason: ErrorURI.protocolViolation, text))] + close(.violation(text))
    }

    private mutating func close(_ failure: OpeningFailure) -> [OpeningAction] {
        phase = .over
        return [.cancelTimer, .close(failure)]
    }

    private static func abort(reason: String, _ text: String) -> Message {
        .abort(details: ["message": .string(text)], reason: reason, payload: Payload())
    }
}

import Values

/// Broker, dealer, meta API and testaments of one realm: says what to do, does nothing itself.
///
/// Every event of every session goes in through a method, and what has to happen comes out as actions, to be carried
/// out in their order before the next event goes in. That is what the guarantees of order rest on (wamp-protocol.md
/// 12). A payload is passed on as it is; only the meta API looks into one.
public struct RealmMachine: Sendable {
    /// Whether a session may do that with the URI; for `subscribe` and `register` the URI is a pattern of that kind.
    /// It is asked for every request and has to be quick.
    public typealias Authorization = @Sendable (RouterVerb, String, MatchPolicy, SessionIdentity) -> Bool

    /// The realm's name.
    public let realm: String
    let options: RealmOptions
    let authorize: Authorization
    var identifiers: IdentifierSource
    var members: [UInt64: Member] = [:]
    var topics = TopicTable()
    var procedures = ProcedureTable()
    /// Running timers of calls.
    var timers: [RouterTimerID: CallKey] = [:]
    var lastTimer: UInt64 = 0
    private var actions: [RouterAction] = []

    /// A realm without sessions.
    /// - Parameter random: where the identifiers start from.
    public init(
        realm: String, options: RealmOptions = RealmOptions(), authorize: @escaping Authorization,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.realm = realm
        self.options = options
        self.authorize = authorize
        var random = random
        identifiers = IdentifierSource(seed: random.next())
    }

    /// What the realm holds right now.
    public var statistics: RealmStatistics {
        RealmStatistics(
            sessions: members.count, subscriptions: topics.count, registrations: procedures.count,
            calls: members.values.reduce(0) { $0 + $1.calls.count },
            invocations: members.values.reduce(0) { $0 + $1.invocations.count }, timers: timers.count,
            testaments: members.values.reduce(0) { $0 + $1.testaments.count }, patternNodes: topics.patternNodes)
    }
}

// MARK: - Output

extension RealmMachine {
    mutating func emit(_ action: RouterAction) { actions.append(action) }

    mutating func send(_ message: Message, to session: UInt64) { actions.append(.send(message, to: session)) }

    /// Answers a request with an ERROR, the sentence as its argument.
    mutating func fail(
        _ code: UInt64, _ request: UInt64, _ uri: String, _ sentence: String, to session: UInt64
    ) {
        send(
            .error(type: code, request: request, details: [:], uri: uri, payload: Payload([.string(sentence)])),
            to: session)
    }

    /// The actions since the last time.
    mutating func take() -> [RouterAction] {
        defer { actions = [] }
        return actions
    }

    /// The number of a new subscription.
    mutating func nextSubscription() -> UInt64 {
        var id = identifiers.next()
        while topics[id] != nil { id = identifiers.next() }
        return id
    }

    /// The number of a new registration.
    mutating func nextRegistration() -> UInt64 {
        var id = identifiers.next()
        while procedures[id] != nil { id = identifiers.next() }
        return id
    }

    /// Asks the authorizer, and has the sentence for a refusal.
    func refusal(_ verb: RouterVerb, _ uri: String, _ match: MatchPolicy = .exact, by session: UInt64) -> String? {
        guard let identity = members[session]?.identity else { return "there is no such session" }
        guard !authorize(verb, uri, match, identity) else { return nil }
        return "\(identity.authID) of role \(identity.authRole) is not authorized to \(verb.rawValue) \(uri)"
    }
}

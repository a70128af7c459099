public import Values

/// A client's side of one WAMP session: says what to do, does nothing itself.
///
/// Every event goes in through a method, and what has to happen comes out as actions, to be carried out in their
/// order before the next event. An operation returns its identifier with the actions: store the waiter (and the
/// handler or consumer) under it before writing, since the answer may come at once (wamp-protocol.md 12).
public struct ClientSessionMachine: Sendable {
    /// An operation that was begun.
    public struct Started: Sendable, Hashable {
        public let operation: OperationID
        public let actions: [ClientSessionAction]
    }

    enum Phase: Sendable {
        case idle
        /// HELLO is sent.
        case joining
        case open
        /// GOODBYE is sent.
        case leaving
        case over
    }

    let realm: String
    let agent: String?
    var authenticator: Authenticator
    var phase = Phase.idle
    var requests = RequestSequence()
    var pending = PendingTable<PendingKind>()
    var registrations = RegistrationTable()
    var subscriptions = SubscriptionTable()
    var invocations = InvocationTable()
    private var lastOperation: UInt64 = 0

    /// The session's number, once WELCOME came.
    public internal(set) var session: UInt64?

    /// The details of WELCOME: the identity and realm that were given, which may differ from those asked for.
    public internal(set) var welcome: Object = [:]

    /// - Parameter agent: a free text that HELLO carries, nil for none.
    public init(realm: String, authentication: Authentication, agent: String? = nil) {
        self.realm = realm
        self.agent = agent
        authenticator = Authenticator(authentication)
    }

    /// True between WELCOME and GOODBYE.
    public var isOpen: Bool { phase == .open }

    /// Whether the router's dealer announced the feature.
    public func dealerOffers(_ feature: String) -> Bool { offers("dealer", feature) }

    /// Whether the router's broker announced the feature.
    public func brokerOffers(_ feature: String) -> Bool { offers("broker", feature) }

    private func offers(_ role: String, _ feature: String) -> Bool {
        welcome["roles"]?[role]?["features"]?[feature]?.bool ?? false
    }
}

extension ClientSessionMachine {
    mutating func nextOperation() -> OperationID {
        lastOperation += 1
        return OperationID(lastOperation)
    }

    /// Numbers follow each other; after 2^53 one that is still in use is passed over.
    mutating func nextRequest() -> UInt64 {
        var request = requests.next()
        while pending.contains(request) { request = requests.next() }
        return request
    }

    func requireOpen() throws(WAMPError) {
        guard isOpen else { throw WAMPError(.notConnected, message: "there is no open session") }
    }

    /// Begins an operation that waits for an answer.
    mutating func begin(_ kind: PendingKind, timeout: Duration?, _ message: (UInt64) -> Message) -> Started {
        let operation = nextOperation()
        let request = nextRequest()
        pending.begin(kind, request: request, waiter: operation)
        var actions = [ClientSessionAction.send(message(request))]
        if let timeout { actions.append(.startTimer(operation, timeout)) }
        return Started(operation: operation, actions: actions)
    }

    /// Begins an operation that needs no answer.
    mutating func finished(_ outcome: ClientSessionAction.Outcome, sending message: Message? = nil) -> Started {
        let operation = nextOperation()
        let actions = (message.map { [ClientSessionAction.send($0)] } ?? []) + [.complete(operation, .success(outcome))]
        return Started(operation: operation, actions: actions)
    }
}

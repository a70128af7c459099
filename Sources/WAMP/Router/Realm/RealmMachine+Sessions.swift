public import AsyncSupport
public import Values

// MARK: - Beginning and end of sessions (wamp-protocol.md 3.3, 3.4)

extension RealmMachine {
    /// A session that was sent WELCOME.
    /// - Parameters:
    ///   - identity: with a session number that no other session has; one in use is passed over.
    ///   - hello: the details of its HELLO, which announce its features.
    public mutating func join(_ identity: SessionIdentity, hello: Object, now: WallTime) -> [RouterAction] {
        guard members[identity.session] == nil else { return [] }
        members[identity.session] = Member(identity, features: PeerFeatures(hello: hello))
        announce(MetaTopic.sessionJoined, [.object(identity.metaDetails)])
        return take()
    }

    /// Whether the session is in the realm.
    public func contains(_ session: UInt64) -> Bool { members[session] != nil }

    /// The transport of the session is gone, or the carrier ends it for a reason of its own. Nothing more is sent to
    /// it; a session that ended already is none.
    public mutating func leave(_ session: UInt64, now: WallTime) -> [RouterAction] {
        remove(session)
        return take()
    }

    /// Bytes came from the session that are no message: ABORT.
    public mutating func receiveInvalid(_ error: WAMPError, from session: UInt64, now: WallTime) -> [RouterAction] {
        violated(error, by: session)
        return take()
    }

    /// The router stops: GOODBYE for everybody. No testaments, since nobody is left to get them.
    public mutating func shutDown() -> [RouterAction] {
        for session in members.keys.sorted() {
            send(.goodbye(details: [:], reason: CloseURI.systemShutdown), to: session)
            emit(.end(session: session, .dismissed(reason: CloseURI.systemShutdown)))
        }
        for timer in timers.keys { emit(.cancelTimer(timer)) }
        members = [:]
        timers = [:]
        topics = TopicTable()
        procedures = ProcedureTable()
        return take()
    }

    mutating func saidGoodbye(_ session: UInt64) {
        send(.goodbye(details: [:], reason: CloseURI.goodbyeAndOut), to: session)
        remove(session)
        emit(.end(session: session, .left))
    }

    mutating func saidAbort(_ reason: String, _ session: UInt64) {
        remove(session)
        emit(.end(session: session, .aborted(reason: reason)))
    }

    /// The session broke the protocol. Nobody else notices but by its absence.
    mutating func violated(_ error: WAMPError, by session: UInt64) {
        guard members[session] != nil else { return }
        let details: Object = ["message": .string(error.message)]
        send(.abort(details: details, reason: ErrorURI.protocolViolation, payload: Payload()), to: session)
        remove(session)
        emit(.end(session: session, .violated(error.message)))
    }

    /// The router sends the session away.
    mutating func dismiss(_ session: UInt64, reason: String, message: String?) {
        let details: Object = message.map { ["message": .string($0)] } ?? [:]
        send(.goodbye(details: details, reason: reason), to: session)
        remove(session)
        emit(.end(session: session, .dismissed(reason: reason)))
    }

    /// Forgets a session: its testaments, then its subscriptions, registrations and calls, on_leave at the end.
    private mutating func remove(_ session: UInt64) {
        guard var member = members.removeValue(forKey: session) else { return }
        let identity = member.identity
        // First of all nothing is delivered to it any more.
        let topicsGone = member.subscriptions.sorted.map { ($0, topics.unsubscribe(session, from: $0)) }
        for id in member.registrations.sorted { procedures.remove(id) }
        executeTestaments(&member)
        for (id, isGone) in topicsGone { announceUnsubscribed(session, id, isGone: isGone) }
        for id in member.registrations.sorted { announceUnregistered(session, id) }
        abandonCalls(of: member)
        announce(
            MetaTopic.sessionLeft, [.integer(session), .string(identity.authID), .string(identity.authRole)])
    }
}

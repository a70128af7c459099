import Values

// MARK: - The meta API (wamp-protocol.md 9)

extension RealmMachine {
    /// Answers a call of a procedure of the router's own, which the authorizer has allowed.
    mutating func callMeta(_ request: UInt64, _ procedure: String, _ payload: Payload, _ session: UInt64) {
        guard let procedure = MetaProcedure(rawValue: procedure) else {
            return fail(
                MessageCode.call, request, ErrorURI.noSuchProcedure, "no callee registered for procedure \(procedure)",
                to: session)
        }
        do {
            let args = try answer(procedure, MetaArguments(payload), session)
            send(.result(request: request, details: [:], payload: Payload(args)), to: session)
        } catch {
            fail(MessageCode.call, request, error.uri, error.message, to: session)
        }
    }

    private mutating func answer(_ procedure: MetaProcedure, _ arguments: MetaArguments, _ session: UInt64)
        throws(WAMPError) -> [Value]
    {
        switch procedure {
        case .sessionCount: [.integer(UInt64(sessions(try arguments.roles()).count))]
        case .sessionList: [Self.list(sessions(try arguments.roles()))]
        case .sessionGet: [.object(try member(arguments).identity.metaDetails)]
        case .sessionKill: try kill(arguments, by: session)
        case .sessionKillByAuthID: try killByAuthID(arguments, by: session)
        case .sessionKillByAuthRole: try killByAuthRole(arguments, by: session)
        case .sessionKillAll: try killAll(arguments, by: session)
        case .addTestament: try addTestament(arguments, session)
        case .flushTestaments: try flushTestaments(arguments, session)
        case .subscriptionList: [Self.lists { topics.ids($0) }]
        case .subscriptionLookup:
            [topics.id(of: try arguments.text(0), try arguments.match(1)).map(Value.integer) ?? nil]
        case .subscriptionMatch: [matches(try arguments.text(0))]
        case .subscriptionGet: try [topic(arguments)].map { .object($0.topic.metaDetails($0.id)) }
        case .subscribers: [Self.list(try topic(arguments).topic.subscribers.sorted)]
        case .subscriberCount: [.integer(UInt64(try topic(arguments).topic.subscribers.count))]
        case .registrationList: [Self.lists { $0 == .exact ? procedures.ids : [] }]
        case .registrationLookup: [registration(try arguments.text(0), try arguments.match(1))]
        case .registrationMatch: [procedures.best(for: try arguments.text(0)).map(Value.integer) ?? nil]
        case .registrationGet: try [self.procedure(arguments)].map { .object($0.procedure.metaDetails($0.id)) }
        case .callees: [Self.list(try callees(arguments))]
        case .calleeCount: [.integer(UInt64(try callees(arguments).count))]
        }
    }

    private static func list(_ ids: [UInt64]) -> Value { .array(ids.map(Value.integer)) }

    private static func lists(_ ids: (MatchPolicy) -> [UInt64]) -> Value {
        .object(Object(MatchPolicy.allCases.map { ($0.rawValue, list(ids($0))) }))
    }

    /// The sessions of those roles in rising order.
    func sessions(_ roles: Set<String>?) -> [UInt64] {
        members.values.compactMap { member in
            roles?.contains(member.identity.authRole) == false ? nil : member.identity.session
        }.sorted()
    }

    private func member(_ arguments: MetaArguments) throws(WAMPError) -> Member {
        guard let member = members[try arguments.identifier(0)] else { throw Self.noSuchSession }
        return member
    }

    private func topic(_ arguments: MetaArguments) throws(WAMPError) -> (id: UInt64, topic: TopicTable.Topic) {
        let id = try arguments.identifier(0)
        guard let topic = topics[id] else {
            throw WAMPError(uri: ErrorURI.noSuchSubscription, message: "there is no such subscription")
        }
        return (id, topic)
    }

    private func procedure(_ arguments: MetaArguments) throws(WAMPError) -> (
        id: UInt64, procedure: ProcedureTable.Procedure
    ) {
        let id = try arguments.identifier(0)
        guard let procedure = procedures[id] else {
            throw WAMPError(uri: ErrorURI.noSuchRegistration, message: "there is no such registration")
        }
        return (id, procedure)
    }

    /// One, as long as registrations are not shared.
    private func callees(_ arguments: MetaArguments) throws(WAMPError) -> [UInt64] {
        [try procedure(arguments).procedure.callee]
    }

    /// Null for none, as both routers have it.
    private func matches(_ topic: String) -> Value {
        let ids = topics.matching(topic)
        return ids.isEmpty ? nil : Self.list(ids)
    }

    /// Null for none, as Crossbar has it.
    private func registration(_ procedure: String, _ match: MatchPolicy) -> Value {
        guard match == .exact else { return nil }
        return procedures.id(of: procedure).map(Value.integer) ?? nil
    }

    static var noSuchSession: WAMPError {
        WAMPError(uri: ErrorURI.noSuchSession, message: "there is no such session")
    }
}

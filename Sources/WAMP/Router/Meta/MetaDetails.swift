import Values

extension SessionIdentity {
    /// The session as `wamp.session.get` and `on_join` show it (wamp-protocol.md 9).
    var metaDetails: Object {
        [
            "session": .integer(session), "authid": .string(authID), "authrole": .string(authRole),
            "authmethod": .string(authMethod), "authprovider": .string(authProvider), "transport": .object(transport),
        ]
    }
}

extension TopicTable.Topic {
    /// The subscription as `wamp.subscription.get` and `on_create` show it.
    func metaDetails(_ id: UInt64) -> Object {
        [
            "id": .integer(id), "created": .string(created.rfc3339Milliseconds), "uri": .string(uri),
            "match": .string(match.rawValue),
        ]
    }
}

extension ProcedureTable.Procedure {
    /// The registration as `wamp.registration.get` and `on_create` show it.
    func metaDetails(_ id: UInt64) -> Object {
        [
            "id": .integer(id), "created": .string(created.rfc3339Milliseconds), "uri": .string(uri),
            "match": .string(MatchPolicy.exact.rawValue), "invoke": "single",
        ]
    }
}

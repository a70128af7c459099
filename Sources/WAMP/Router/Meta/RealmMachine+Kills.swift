import Values

// MARK: - Sessions sent away by others (wamp-protocol.md 9)

extension RealmMachine {
    /// The reason and the message of the GOODBYE.
    private struct Farewell {
        let reason: String
        let message: String?

        init(_ arguments: MetaArguments) throws(WAMPError) {
            reason = try arguments.text("reason") ?? CloseURI.killed
            message = try arguments.text("message")
            guard RouterURI.isValid(reason) else {
                throw WAMPError(uri: ErrorURI.invalidURI, message: "the reason is no URI")
            }
        }
    }

    /// Nobody ends its own session this way: it counts as unknown.
    mutating func kill(_ arguments: MetaArguments, by session: UInt64) throws(WAMPError) -> [Value] {
        let target = try arguments.identifier(0)
        let farewell = try Farewell(arguments)
        guard target != session, members[target] != nil else { throw Self.noSuchSession }
        dismiss(target, reason: farewell.reason, message: farewell.message)
        return []
    }

    mutating func killByAuthID(_ arguments: MetaArguments, by session: UInt64) throws(WAMPError) -> [Value] {
        let authID = try arguments.text(0)
        let killed = try killAll(arguments, except: session) { $0.authID == authID }
        return [.array(killed.map(Value.integer))]
    }

    mutating func killByAuthRole(_ arguments: MetaArguments, by session: UInt64) throws(WAMPError) -> [Value] {
        let role = try arguments.text(0)
        return [.integer(UInt64(try killAll(arguments, except: session) { $0.authRole == role }.count))]
    }

    mutating func killAll(_ arguments: MetaArguments, by session: UInt64) throws(WAMPError) -> [Value] {
        [.integer(UInt64(try killAll(arguments, except: session) { _ in true }.count))]
    }

    private mutating func killAll(
        _ arguments: MetaArguments, except session: UInt64, where fits: (SessionIdentity) -> Bool
    ) throws(WAMPError) -> [UInt64] {
        let farewell = try Farewell(arguments)
        let targets = sessions(nil).filter { id in
            id != session && members[id].map { fits($0.identity) } ?? false
        }
        for target in targets { dismiss(target, reason: farewell.reason, message: farewell.message) }
        return targets
    }
}

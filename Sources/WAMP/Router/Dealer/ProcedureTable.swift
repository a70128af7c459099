import AsyncSupport

/// The registrations of a realm: of exact match and of one callee each.
struct ProcedureTable: Sendable {
    struct Procedure: Sendable {
        let uri: String
        let created: WallTime
        let callee: UInt64
        /// Whether the callee wants to keep the time of calls itself (wamp-protocol.md 8.6).
        let forwardsTimeout: Bool
    }

    private var byID: [UInt64: Procedure] = [:]
    private var exact: [String: UInt64] = [:]

    var count: Int { byID.count }

    subscript(id: UInt64) -> Procedure? { byID[id] }

    /// The registration of that very URI.
    func id(of uri: String) -> UInt64? { exact[uri] }

    /// The one registration that a call of the URI goes to: the place for the rule of wamp-protocol.md 8.8 once there
    /// are pattern registrations.
    func best(for uri: String) -> UInt64? { exact[uri] }

    /// All registrations in rising order.
    var ids: [UInt64] { byID.keys.sorted() }

    mutating func add(_ procedure: Procedure, id: UInt64) {
        byID[id] = procedure
        exact[procedure.uri] = id
    }

    @discardableResult
    mutating func remove(_ id: UInt64) -> Procedure? {
        guard let procedure = byID.removeValue(forKey: id) else { return nil }
        exact[procedure.uri] = nil
        return procedure
    }
}

/// The registrations that a session holds. The handler is known by the operation that registered it.
struct RegistrationTable: Sendable {
    struct Registration: Sendable {
        let operation: OperationID
        let procedure: String
    }

    private var byID: [UInt64: Registration] = [:]
    private var ids: [OperationID: UInt64] = [:]

    var count: Int { byID.count }

    subscript(id: UInt64) -> Registration? { byID[id] }

    func id(of operation: OperationID) -> UInt64? { ids[operation] }

    /// - Returns: the operation that held the same registration before. A session that registers a shared procedure
    ///   twice gets the same identifier twice (wamp-protocol.md 8.9), and an INVOCATION goes to one handler.
    mutating func add(_ registration: Registration, id: UInt64) -> OperationID? {
        let former = byID.updateValue(registration, forKey: id)?.operation
        if let former { ids[former] = nil }
        ids[registration.operation] = id
        return former
    }

    mutating func remove(_ id: UInt64) -> Registration? {
        guard let registration = byID.removeValue(forKey: id) else { return nil }
        ids[registration.operation] = nil
        return registration
    }

    /// Takes out everything, in the order of registering.
    mutating func drain() -> [OperationID] {
        defer { (byID, ids) = ([:], [:]) }
        return ids.keys.sorted { $0.number < $1.number }
    }
}

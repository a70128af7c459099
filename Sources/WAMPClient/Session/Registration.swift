public import WAMP

/// A procedure that this session serves.
public struct Registration: Sendable, Hashable {
    /// The router's number of the registration.
    public let id: UInt64
    public let procedure: String
    let operation: OperationID
}

/// A registration that the router took away while the session stands: another session registered the procedure by force,
/// or somebody revoked it (wamp-protocol.md 8.10).
public struct LostRegistration: Sendable, Equatable {
    public let procedure: String
    /// The router's reason, with a sentence.
    public let error: WAMPError
}

import WAMP

/// A procedure that this session serves.
public struct Registration: Sendable, Hashable {
    /// The router's number of the registration.
    public let id: UInt64
    public let procedure: String
    let operation: OperationID
}

import Values

/// What a request of ours asked for, and what its answer needs to know.
enum PendingKind: Sendable, Equatable {
    case call(receivesProgress: Bool, timeout: Duration?)
    case publish
    case register(procedure: String)
    case unregister(registration: UInt64, operation: OperationID)
    case subscribe(SubscriptionTable.Key, options: Object)
    case unsubscribe
}

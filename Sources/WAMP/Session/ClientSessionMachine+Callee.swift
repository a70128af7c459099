public import Values

// MARK: - Registrations (wamp-protocol.md 8.1, 8.9, 8.10)

extension ClientSessionMachine {
    private static let invocationPolicies: Set<String> = ["single", "roundrobin", "random", "first", "last"]

    /// Registers a procedure; its handler is known by the operation.
    /// - Parameter options: `match`, `invoke`, `force_reregister`, `disclose_caller`, … as they go on the wire.
    /// - Throws: `notConnected`, `invalidArgument`.
    public mutating func register(_ procedure: String, options: Object = [:], timeout: Duration? = nil)
        throws(WAMPError) -> Started
    {
        try requireOpen()
        try check(procedure, try match(options))
        // An unknown policy costs the connection at Crossbar and the process at nexus (8.9).
        if let invoke = options["invoke"], !Self.invocationPolicies.contains(invoke.string ?? "") {
            throw WAMPError(.invalidArgument, message: "an unknown invocation policy")
        }
        return begin(.register(procedure: procedure), timeout: timeout) {
            .register(request: $0, options: options, procedure: procedure)
        }
    }

    /// Ends a registration, named by its register operation. It serves until the router confirms. One that is over
    /// already completes without a message.
    /// - Throws: `notConnected`.
    public mutating func unregister(_ registration: OperationID, timeout: Duration? = nil)
        throws(WAMPError) -> Started
    {
        try requireOpen()
        guard let id = registrations.id(of: registration) else { return finished(.unregistered) }
        let kind = PendingKind.unregister(registration: id, operation: registration)
        if let request = pending.first(where: { $0 == kind }) {
            let operation = nextOperation()
            _ = pending.join(request, waiter: operation)
            return Started(operation: operation, actions: timeout.map { [.startTimer(operation, $0)] } ?? [])
        }
        return begin(kind, timeout: timeout) { .unregister(request: $0, registration: id) }
    }

    mutating func registered(_ request: UInt64, _ id: UInt64) -> [ClientSessionAction] {
        switch finish(request, as: { if case .register = $0 { true } else { false } }) {
        case .expected(let entry):
            guard case .register(let procedure) = entry.kind else { return [] }
            guard let operation = entry.waiters.first else { return undoRegistration(id) }
            let former = registrations.add(.init(operation: operation, procedure: procedure), id: id)
            return (former.map { [.registrationEnded($0, Self.taken)] } ?? [])
                + [.complete(operation, .success(.registered(registration: id)))]
        case .unknown: return []
        case .mismatch: return unexpected(.registered(request: request, registration: id))
        }
    }

    private static let taken = WAMPError(
        uri: ErrorURI.unregistered, message: "the registration was taken by another one")

    /// Nobody waits for the registration any more. One that is shared with a living handler stays.
    private mutating func undoRegistration(_ id: UInt64) -> [ClientSessionAction] {
        guard registrations[id] == nil else { return [] }
        let request = nextRequest()
        let operation = nextOperation()
        pending.begin(.unregister(registration: id, operation: operation), request: request, waiter: nil)
        return [.send(.unregister(request: request, registration: id))]
    }

    mutating func unregistered(_ request: UInt64, _ details: Object) -> [ClientSessionAction] {
        guard request != 0 else { return evicted(details) }
        switch finish(request, as: { if case .unregister = $0 { true } else { false } }) {
        case .expected(let entry):
            guard case .unregister(let id, let operation) = entry.kind else { return [] }
            return unregistrationDone(id, operation, waiters: entry.waiters)
        case .unknown: return []
        case .mismatch: return unexpected(.unregistered(request: request, details: details))
        }
    }

    mutating func unregistrationDone(_ id: UInt64, _ operation: OperationID, waiters: [OperationID])
        -> [ClientSessionAction]
    {
        let isHeld = registrations[id]?.operation == operation
        if isHeld { _ = registrations.remove(id) }
        let error = WAMPError(uri: ErrorURI.unregistered, message: "the registration was ended")
        return (isHeld && waiters.isEmpty ? [.registrationEnded(operation, error)] : [])
            + waiters.map { .complete($0, .success(.unregistered)) }
    }

    /// `[67, 0, {registration, reason}]`: taken over with force_reregister, or revoked (8.10).
    private mutating func evicted(_ details: Object) -> [ClientSessionAction] {
        guard let id = details.identifier("registration"), let registration = registrations.remove(id) else {
            return []
        }
        let error = WAMPError(
            uri: details.text("reason") ?? ErrorURI.unregistered,
            message: "the router took the registration of \(registration.procedure) away")
        return [.registrationEnded(registration.operation, error)]
    }
}

import Values

// MARK: - Failures and giving up

extension ClientSessionMachine {
    /// 49 is not a request's code for an ERROR, but nexus sends it (wamp-protocol.md 11).
    private static let failingRequests: Set<UInt64> = [
        MessageCode.publish, MessageCode.subscribe, MessageCode.unsubscribe, MessageCode.call, MessageCode.cancel,
        MessageCode.register, MessageCode.unregister,
    ]

    /// The request number alone says which operation failed: one counter runs for all kinds. An ERROR for a request
    /// that was given up, or answered already, is dropped.
    mutating func failed(_ type: UInt64, _ request: UInt64, _ details: Object, _ uri: String, _ payload: Payload)
        -> [ClientSessionAction]
    {
        guard Self.failingRequests.contains(type) else {
            return violated(WAMPError(.protocolViolation, message: "ERROR for \(type), which is no request"))
        }
        guard let entry = pending.finish(request) else { return [] }
        if case .unregister(let registration, let operation) = entry.kind, uri == ErrorURI.noSuchRegistration {
            return unregistrationDone(registration, operation, waiters: entry.waiters)
        }
        // A race with the router taking it away; what was wanted is so.
        if entry.kind == .unsubscribe, uri == ErrorURI.noSuchSubscription {
            return entry.waiters.map { .complete($0, .success(.unsubscribed)) }
        }
        var error = WAMPError(uri: uri, args: payload.args, kwargs: payload.kwargs)
        if error.message == uri, let message = details.text("message") { error.message = message }
        var actions = entry.waiters.map { ClientSessionAction.complete($0, .failure(error)) }
        if case .subscribe(let key, _) = entry.kind { actions += dropUnused(key) }
        return actions
    }

    /// The waiter gave up (its task was cancelled): the operation completes now with `canceled`, a call is cancelled
    /// with `killnowait`, a registration or subscription that arrives later is undone. Nothing for an operation that
    /// is over.
    public mutating func giveUp(_ operation: OperationID) -> [ClientSessionAction] {
        giveUp(operation, WAMPError(.canceled, message: "given up by the caller"), mode: .killnowait)
    }

    /// The timer of the operation fired: like ``giveUp(_:)`` with `timeout`. Nothing for an operation that is over.
    public mutating func deadlinePassed(_ operation: OperationID) -> [ClientSessionAction] {
        giveUp(operation, WAMPError(.timeout, message: "no answer in time"), mode: .killnowait)
    }

    mutating func giveUp(_ operation: OperationID, _ error: WAMPError, mode: CancelMode) -> [ClientSessionAction] {
        guard let (request, kind) = pending.giveUp(operation) else { return [] }
        var actions: [ClientSessionAction] = []
        if case .call = kind, let cancel = cancelMessage(request, mode) { actions.append(cancel) }
        return actions + [.complete(operation, .failure(error))]
    }

    /// Nil for a dealer that does not know CANCEL.
    func cancelMessage(_ request: UInt64, _ mode: CancelMode) -> ClientSessionAction? {
        guard dealerOffers("call_canceling") else { return nil }
        return .send(.cancel(request: request, options: ["mode": .string(mode.rawValue)]))
    }

    /// Takes out an answered request whose answer must be of one kind.
    mutating func finish(_ request: UInt64, as kind: (PendingKind) -> Bool) -> Answer {
        guard let entry = pending[request] else { return .unknown }
        guard kind(entry.kind) else { return .mismatch }
        _ = pending.finish(request)
        return .expected(entry)
    }

    enum Answer {
        case expected(PendingTable<PendingKind>.Entry)
        /// An answer to nothing that we wait for: dropped, it may be late.
        case unknown
        /// An answer of the wrong kind.
        case mismatch
    }
}

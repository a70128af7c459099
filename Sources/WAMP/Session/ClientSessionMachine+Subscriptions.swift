public import Values

// MARK: - Subscriptions (wamp-protocol.md 7)

extension ClientSessionMachine {
    /// Subscribes to a topic; the consumer is known by the operation. Subscriptions of one topic and match share the
    /// router's subscription; with the same options there is one SUBSCRIBE for all.
    /// - Throws: `notConnected`, `invalidArgument`.
    public mutating func subscribe(_ topic: String, options: Object = [:], timeout: Duration? = nil)
        throws(WAMPError) -> Started
    {
        try requireOpen()
        let key = SubscriptionTable.Key(topic: topic, match: try match(options))
        try check(topic, key.match)
        if let started = share(key, options: options, timeout: timeout) { return started }
        return begin(.subscribe(key, options: options), timeout: timeout) {
            .subscribe(request: $0, options: options, topic: topic)
        }
    }

    /// Joins a SUBSCRIBE that is on its way, or a subscription that is held. Retained events need one of their own.
    private mutating func share(_ key: SubscriptionTable.Key, options: Object, timeout: Duration?) -> Started? {
        guard !options.flag("get_retained") else { return nil }
        if let request = pending.first(where: { $0 == .subscribe(key, options: options) }) {
            let operation = nextOperation()
            _ = pending.join(request, waiter: operation)
            return Started(operation: operation, actions: timeout.map { [.startTimer(operation, $0)] } ?? [])
        }
        guard let id = subscriptions.id(of: key), subscriptions[id]?.options == options else { return nil }
        let started = finished(.subscribed(subscription: id))
        subscriptions.add([started.operation], to: id, key: key, options: options)
        return started
    }

    /// Ends a subscription, named by its subscribe operation: no event comes for it any more. Only the last of those
    /// that share one sends UNSUBSCRIBE; the others, and one that is over already, complete at once.
    /// - Throws: `notConnected`.
    public mutating func unsubscribe(_ subscription: OperationID, timeout: Duration? = nil)
        throws(WAMPError) -> Started
    {
        try requireOpen()
        guard let id = subscriptions.remove(subscription), isUnused(id) else { return finished(.unsubscribed) }
        _ = subscriptions.remove(id: id)
        return begin(.unsubscribe, timeout: timeout) { .unsubscribe(request: $0, subscription: id) }
    }

    /// Nobody consumes it, and no SUBSCRIBE is on its way that would share it: one UNSUBSCRIBE would end that too.
    private func isUnused(_ id: UInt64) -> Bool {
        guard let subscription = subscriptions[id], subscription.consumers.isEmpty else { return false }
        return pending.first { if case .subscribe(subscription.key, _) = $0 { true } else { false } } == nil
    }

    /// Gives the router's subscription back when the last SUBSCRIBE that kept it came to nothing.
    mutating func dropUnused(_ key: SubscriptionTable.Key) -> [ClientSessionAction] {
        guard let id = subscriptions.id(of: key), isUnused(id) else { return [] }
        _ = subscriptions.remove(id: id)
        let request = nextRequest()
        pending.begin(.unsubscribe, request: request, waiter: nil)
        return [.send(.unsubscribe(request: request, subscription: id))]
    }

    mutating func subscribed(_ request: UInt64, _ id: UInt64) -> [ClientSessionAction] {
        switch finish(request, as: { if case .subscribe = $0 { true } else { false } }) {
        case .expected(let entry):
            guard case .subscribe(let key, let options) = entry.kind else { return [] }
            subscriptions.add(entry.waiters, to: id, key: key, options: options)
            return entry.waiters.map { .complete($0, .success(.subscribed(subscription: id))) } + dropUnused(key)
        case .unknown: return []
        case .mismatch: return unexpected(.subscribed(request: request, subscription: id))
        }
    }

    mutating func unsubscribed(_ request: UInt64, _ details: Object) -> [ClientSessionAction] {
        guard request != 0 else { return revoked(details) }
        switch finish(request, as: { $0 == .unsubscribe }) {
        case .expected(let entry): return entry.waiters.map { .complete($0, .success(.unsubscribed)) }
        case .unknown: return []
        case .mismatch: return unexpected(.unsubscribed(request: request, details: details))
        }
    }

    /// `[35, 0, {subscription, reason}]`: the broker took the subscription away (7.9).
    private mutating func revoked(_ details: Object) -> [ClientSessionAction] {
        guard let id = details.identifier("subscription"), let subscription = subscriptions.remove(id: id) else {
            return []
        }
        let error = WAMPError(
            uri: details.text("reason") ?? ErrorURI.noSuchSubscription,
            message: "the router took the subscription of \(subscription.key.topic) away")
        return subscription.consumers.map { .subscriptionEnded($0, error) }
    }

    /// An event for a subscription that was just given back is dropped.
    mutating func event(_ id: UInt64, _ publication: UInt64, _ details: Object, _ payload: Payload)
        -> [ClientSessionAction]
    {
        guard let subscription = subscriptions[id], !subscription.consumers.isEmpty else { return [] }
        let event = Event(
            publication: publication, topic: details.text("topic") ?? subscription.key.topic, args: payload.args,
            kwargs: payload.kwargs, details: details)
        return [.deliver(event, to: subscription.consumers)]
    }
}

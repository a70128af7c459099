import AsyncSupport
import Values

// MARK: - Publish and subscribe (wamp-protocol.md 7)

extension RealmMachine {
    mutating func publish(
        _ request: UInt64, _ options: Object, _ topic: String, _ payload: Payload, _ session: UInt64
    ) throws(WAMPError) {
        let options = try PublicationOptions(options)
        if let refusal = publicationRefusal(topic, session) {
            // Without `acknowledge` the publisher is told nothing, whatever happens.
            guard options.acknowledge else { return }
            return fail(MessageCode.publish, request, refusal.uri, refusal.message, to: session)
        }
        let publication = identifiers.next()
        if options.acknowledge { send(.published(request: request, publication: publication), to: session) }
        deliver(
            Publication(
                number: publication, topic: topic, details: members[session]?.asPublisher() ?? [:], payload: payload,
                filter: options.filter, withheldFrom: options.excludeMe ? session : nil))
    }

    /// Why the session may not publish to the topic; nil when it may.
    func publicationRefusal(_ topic: String, _ session: UInt64) -> WAMPError? {
        guard RouterURI.isValid(topic) else { return WAMPError(uri: ErrorURI.invalidURI, message: "no topic") }
        guard !RouterURI.isReserved(topic) else {
            return WAMPError(uri: ErrorURI.invalidURI, message: "topics of the router are published by it alone")
        }
        return refusal(.publish, topic, by: session).map { WAMPError(uri: ErrorURI.notAuthorized, message: $0) }
    }

    mutating func subscribe(
        _ request: UInt64, _ options: Object, _ topic: String, _ session: UInt64, _ now: WallTime
    ) throws(WAMPError) {
        let reader = RequestOptions("SUBSCRIBE", options)
        let match: MatchPolicy = try reader.choice("match") ?? .exact
        _ = try reader.flag("get_retained")
        guard topic.utf8.count <= RouterURI.maximumLength, WAMPURI.isValid(topic, gaps: match.gaps) else {
            return fail(MessageCode.subscribe, request, ErrorURI.invalidURI, "no topic", to: session)
        }
        if let sentence = refusal(.subscribe, topic, match, by: session) {
            return fail(MessageCode.subscribe, request, ErrorURI.notAuthorized, sentence, to: session)
        }
        let held = topics.id(of: topic, match)
        if let held, members[session]?.subscriptions.contains(held) == true {
            return send(.subscribed(request: request, subscription: held), to: session)
        }
        guard members[session]?.subscriptions.count ?? 0 < self.options.subscriptionsPerSession else {
            return fail(MessageCode.subscribe, request, ErrorURI.unavailable, "too many subscriptions", to: session)
        }
        let id = held ?? nextSubscription()
        if held == nil { topics.create(id, topic, match, now: now) }
        topics.subscribe(session, to: id)
        members[session]?.subscriptions.insert(id)
        // SUBSCRIBED comes before any EVENT, also before those of its own making (7.1).
        send(.subscribed(request: request, subscription: id), to: session)
        if held == nil, let details = topics[id]?.metaDetails(id) {
            announce(MetaTopic.subscriptionCreated, [.integer(session), .object(details)])
        }
        announce(MetaTopic.subscribed, [.integer(session), .integer(id)])
    }

    mutating func unsubscribe(_ request: UInt64, _ subscription: UInt64, _ session: UInt64) {
        guard members[session]?.subscriptions.remove(subscription) == true else {
            return fail(
                MessageCode.unsubscribe, request, ErrorURI.noSuchSubscription, "the session does not hold it",
                to: session)
        }
        let isGone = topics.unsubscribe(session, from: subscription)
        send(.unsubscribed(request: request, details: [:]), to: session)
        announceUnsubscribed(session, subscription, isGone: isGone)
    }

    mutating func announceUnsubscribed(_ session: UInt64, _ subscription: UInt64, isGone: Bool) {
        announce(MetaTopic.unsubscribed, [.integer(session), .integer(subscription)])
        if isGone { announce(MetaTopic.subscriptionDeleted, [.integer(session), .integer(subscription)]) }
    }
}

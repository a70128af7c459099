import Values

/// One publication on its way to its subscribers.
struct Publication: Sendable {
    let number: UInt64
    let topic: String
    /// The EVENT's details for an exact subscription: who publishes.
    let details: Object
    let payload: Payload
    var filter = EventFilter()
    /// The publisher, when it does not receive its own event.
    var withheldFrom: UInt64?
}

extension RealmMachine {
    /// One EVENT for each matching subscription, all with one publication number (wamp-protocol.md 7.1, 7.5).
    mutating func deliver(_ publication: Publication) {
        if let id = topics.exact(publication.topic) { deliver(publication, publication.details, id) }
        guard topics.hasPatterns else { return }
        var details = publication.details
        details["topic"] = .string(publication.topic)
        for id in topics.patterns(matching: publication.topic) { deliver(publication, details, id) }
    }

    private mutating func deliver(_ publication: Publication, _ details: Object, _ subscription: UInt64) {
        guard let topic = topics[subscription] else { return }
        let receivers = receivers(of: publication, among: topic.subscribers)
        guard !receivers.isEmpty else { return }
        let event = Message.event(
            subscription: subscription, publication: publication.number, details: details,
            payload: publication.payload)
        emit(.sendEvent(event, to: receivers))
    }

    /// Without lists and without the publisher among them this is the table's own array, not a copy.
    private func receivers(of publication: Publication, among subscribers: IDSet) -> [UInt64] {
        let filter = publication.filter
        let withheld = publication.withheldFrom.flatMap { subscribers.contains($0) ? $0 : nil }
        guard !filter.isEmpty else {
            guard let withheld else { return subscribers.sorted }
            return subscribers.sorted.filter { $0 != withheld }
        }
        // A short white list is looked up in the subscribers, not the other way round.
        let isShort = !filter.eligible.isEmpty && filter.eligible.count < subscribers.count
        let candidates =
            isShort ? filter.eligible.sorted.filter(subscribers.contains) : subscribers.sorted
        return candidates.filter { session in
            guard session != withheld, filter.allows(session) else { return false }
            guard filter.asksForIdentity else { return true }
            return members[session].map { filter.allows($0.identity) } ?? false
        }
    }
}

import Values

/// The topics under which the router tells what happens in a realm (wamp-protocol.md 9).
enum MetaTopic {
    static let sessionJoined = "wamp.session.on_join"
    static let sessionLeft = "wamp.session.on_leave"
    static let subscriptionCreated = "wamp.subscription.on_create"
    static let subscribed = "wamp.subscription.on_subscribe"
    static let unsubscribed = "wamp.subscription.on_unsubscribe"
    static let subscriptionDeleted = "wamp.subscription.on_delete"
    static let registrationCreated = "wamp.registration.on_create"
    static let registered = "wamp.registration.on_register"
    static let unregistered = "wamp.registration.on_unregister"
    static let registrationDeleted = "wamp.registration.on_delete"
}

extension RealmMachine {
    /// Publishes in the router's name, also to the session that caused it (wamp-protocol.md 9, decision). Costs next
    /// to nothing while nobody listens.
    mutating func announce(_ topic: String, _ args: @autoclosure () -> [Value]) {
        guard topics.exact(topic) != nil || topics.hasPatterns else { return }
        deliver(Publication(number: identifiers.next(), topic: topic, details: [:], payload: Payload(args())))
    }
}

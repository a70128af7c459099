import AgentCore
import AsyncSupport
import DeviceProtocol
import Values
import WAMP
import WAMPClient

/// The router's meta events that the device hears, and what they become. Subscribed in the recorded order: first the
/// registrations', later, by the connect order, the subscriptions'.
final class MetaEvents: Sendable {
    private let session: WAMPSession
    /// Registrations that vanish tell that a terminal's browser is gone; terminals come with a later version.
    private let unregistered: Subscription
    private let events = BoundedChannel<Meta>(capacity: 4096, overflow: .dropOldest)

    private enum Meta: Sendable {
        case created(Subscription)
        case deleted(Subscription)
        case ended(String)
    }

    init(session: WAMPSession) async throws(WAMPError) {
        self.session = session
        unregistered = try await session.subscribe(Topics.registrationRemoved)
    }

    /// Subscribes to what tells who listens to logs. To be done before anybody is asked (C-20).
    func watchSubscriptions() async throws(WAMPError) {
        let created = try await session.subscribe(Topics.subscriptionCreated)
        let deleted = try await session.subscribe(Topics.subscriptionDeleted)
        events.send(.created(created))
        events.send(.deleted(deleted))
    }

    /// Hands events on until the session ends, or the router takes a subscription away: the device would not hear who
    /// listens any more, so the session has to end too. Returns why.
    func run(logs: LogService) async -> String? {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in await follow(unregistered) { _ in } }
            var reason: String?
            for await meta in events {
                switch meta {
                case .created(let subscription):
                    group.addTask { [self] in
                        await follow(subscription) { event in
                            guard let event = SubscriptionEvent(created: event.args) else { return }
                            await logs.subscriptionCreated(event)
                        }
                    }
                case .deleted(let subscription):
                    group.addTask { [self] in
                        await follow(subscription) { event in
                            guard let id = SubscriptionEvent.deletedID(event.args) else { return }
                            await logs.subscriptionDeleted(id)
                        }
                    }
                case .ended(let topic): reason = "the router ended the subscription of \(topic)"
                }
                if reason != nil { break }
            }
            group.cancelAll()
            return reason
        }
    }

    private func follow(_ subscription: Subscription, _ take: (Event) async -> Void) async {
        for await event in subscription { await take(event) }
        events.send(.ended(subscription.topic))
    }
}

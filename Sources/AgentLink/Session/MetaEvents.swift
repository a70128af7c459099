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

    /// Hands events on until the session ends.
    func run(logs: LogService) async -> String? {
        await withDiscardingTaskGroup { group in
            group.addTask { [unregistered] in for await _ in unregistered {} }
            for await meta in events {
                switch meta {
                case .created(let subscription):
                    group.addTask {
                        for await event in subscription {
                            guard let event = SubscriptionEvent(created: event.args) else { continue }
                            await logs.subscriptionCreated(event)
                        }
                    }
                case .deleted(let subscription):
                    group.addTask {
                        for await event in subscription {
                            guard let id = SubscriptionEvent.deletedID(event.args) else { continue }
                            await logs.subscriptionDeleted(id)
                        }
                    }
                }
            }
        }
        return nil
    }
}

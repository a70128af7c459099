import Values
import WAMP

/// What happens in a realm, one after the other.
enum RealmEvent {
    case joined(SessionIdentity, hello: Object)
    case message(Message, from: UInt64)
    case invalid(WAMPError, from: UInt64)
    /// The transport is gone, or is being ended.
    case left(UInt64)
    case timer(RouterTimerID)
    /// The message could not be handed to the session.
    case undeliverable(Message, to: UInt64)
    case shutDown
}

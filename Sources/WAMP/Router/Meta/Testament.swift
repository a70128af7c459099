/// A publication for after the end of its session (wamp-protocol.md 9): what device presence is built on.
struct Testament: Sendable {
    /// `detached` ones are published before `destroyed` ones.
    enum Scope: String, Sendable {
        case detached
        case destroyed
    }

    let scope: Scope
    let topic: String
    let payload: Payload
    let filter: EventFilter
    /// Drawn in advance, since the session is told.
    let publication: UInt64
}

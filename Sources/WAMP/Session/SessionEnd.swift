public import Values

/// How and why a session ended.
public struct SessionEnd: Error, Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        /// We said GOODBYE; answered, or the transport closed (both are a clean end, wamp-protocol.md 3.3).
        case left
        /// The router said GOODBYE.
        case closedByRouter
        /// The router refused or ended the session with ABORT.
        case aborted
        /// The transport closed or failed.
        case lost
        /// The router broke the protocol, or its challenge could not be answered; we aborted.
        case violated
    }

    /// Who ended it, and how.
    public var kind: Kind
    /// The URI of the GOODBYE or ABORT; empty for a lost transport.
    public var reason: String
    /// The router's text (`details.message`), or a sentence of ours.
    public var message: String
    /// The details of the GOODBYE or ABORT.
    public var details: Object
    /// True when WELCOME had come.
    public var wasOpen: Bool

    /// An end as the machine tells it.
    public init(kind: Kind, reason: String, message: String, details: Object = [:], wasOpen: Bool) {
        self.kind = kind
        self.reason = reason
        self.message = message
        self.details = details
        self.wasOpen = wasOpen
    }
}

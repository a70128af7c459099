/// What a router does and did since its start.
public struct RouterStatistics: Sendable, Hashable {
    /// Joined sessions now.
    public var sessions = 0
    /// Connections now, joined or not.
    public var connections = 0
    public var messagesIn: UInt64 = 0
    /// Messages queued for sessions; an EVENT counts once per session that gets it.
    public var messagesOut: UInt64 = 0
    /// EVENTs that a full queue had no room for.
    public var droppedEvents: UInt64 = 0
    /// Sessions ended because they did not read.
    public var endedSlow: UInt64 = 0
    /// Attempts to join that came to nothing, for whatever reason.
    public var refusedJoins: UInt64 = 0
    /// Attempts among them that the limit per address turned away.
    public var limitedJoins: UInt64 = 0
    /// Peers dropped because they answered no ping.
    public var unresponsive: UInt64 = 0
}

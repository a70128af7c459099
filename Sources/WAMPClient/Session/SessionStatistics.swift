import AsyncSupport

/// What a session holds at one moment.
public struct SessionStatistics: Sendable, Hashable {
    /// Operations that wait for an answer of the router.
    public var waiters = 0
    /// Running time limits.
    public var deadlines = 0
    public var registrations = 0
    public var subscriptions = 0
    /// Invocations that no handler has begun with.
    public var waitingInvocations = 0
    /// Handlers at work.
    public var runningInvocations = 0
    /// Events that wait for their consumers.
    public var waitingEvents = 0
    /// Events that subscriptions which still stand have lost to slow consumers.
    public var droppedEvents: UInt64 = 0
    /// Publishers and others that wait because the line is full.
    public var writersWaiting = 0
}

extension WAMPSession {
    /// What the session holds now.
    public func statistics() async -> SessionStatistics { await connection.statistics }
}

extension WAMPConnection {
    var statistics: SessionStatistics {
        SessionStatistics(
            waiters: waiters.count, deadlines: deadlines.count, registrations: handlers.count,
            subscriptions: consumers.count, waitingInvocations: invocations.count,
            runningInvocations: interrupts.count, waitingEvents: consumers.values.reduce(0) { $0 + $1.count },
            droppedEvents: consumers.values.reduce(0) { $0 + $1.dropped }, writersWaiting: writersWaiting)
    }
}

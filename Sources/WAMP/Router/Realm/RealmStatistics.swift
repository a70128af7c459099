/// How much a realm holds right now.
public struct RealmStatistics: Sendable, Hashable {
    public var sessions = 0
    public var subscriptions = 0
    public var registrations = 0
    /// Calls that wait for their callee.
    public var calls = 0
    /// Invocations that callees work on; as many as calls.
    public var invocations = 0
    /// Timers that run.
    public var timers = 0
    public var testaments = 0
    /// Nodes of the trees of prefix and wildcard patterns.
    public var patternNodes = 0
}

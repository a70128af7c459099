/// How much a realm holds right now.
public struct RealmStatistics: Sendable, Hashable {
    public var sessions: Int
    public var subscriptions: Int
    public var registrations: Int
    /// Calls that wait for their callee.
    public var calls: Int
    /// Invocations that callees work on; as many as calls.
    public var invocations: Int
    /// Timers that run.
    public var timers: Int
    public var testaments: Int
    /// Nodes of the trees of prefix and wildcard patterns.
    public var patternNodes: Int

    /// Counts; an empty realm by default.
    public init(
        sessions: Int = 0, subscriptions: Int = 0, registrations: Int = 0, calls: Int = 0, invocations: Int = 0,
        timers: Int = 0, testaments: Int = 0, patternNodes: Int = 0
    ) {
        self.sessions = sessions
        self.subscriptions = subscriptions
        self.registrations = registrations
        self.calls = calls
        self.invocations = invocations
        self.timers = timers
        self.testaments = testaments
        self.patternNodes = patternNodes
    }
}

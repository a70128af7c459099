/// The rules of one realm.
public struct RealmOptions: Sendable, Hashable {
    /// Whether the request numbers of a client have to follow each other. Off, since some libraries draw them at
    /// random (wamp-protocol.md 2.1).
    public var strictRequestIDs: Bool
    /// The most subscriptions that one session may hold.
    public var subscriptionsPerSession: Int
    /// The most registrations that one session may hold.
    public var registrationsPerSession: Int
    /// The most calls of one session that may wait for an answer.
    public var callsPerSession: Int
    /// The most testaments of one session.
    public var testamentsPerSession: Int

    /// Options; the bounds are far above what an honest client needs.
    public init(
        strictRequestIDs: Bool = false, subscriptionsPerSession: Int = 10_000, registrationsPerSession: Int = 10_000,
        callsPerSession: Int = 10_000, testamentsPerSession: Int = 100
    ) {
        self.strictRequestIDs = strictRequestIDs
        self.subscriptionsPerSession = subscriptionsPerSession
        self.registrationsPerSession = registrationsPerSession
        self.callsPerSession = callsPerSession
        self.testamentsPerSession = testamentsPerSession
    }
}

/// How much may wait for a session that does not read (wamp-protocol.md 12).
public struct OutboundLimit: Sendable, Hashable {
    /// Beyond so many waiting bytes the newest EVENTs are dropped and counted. Everything else is never dropped: beyond
    /// twice as many the session is ended instead.
    public var bytes: Int
    /// A session that stays over the limit for longer is ended.
    public var grace: Duration

    public init(bytes: Int = 4 * 1024 * 1024, grace: Duration = .seconds(15)) {
        self.bytes = bytes
        self.grace = grace
    }
}

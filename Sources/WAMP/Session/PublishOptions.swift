public import Values

/// Options of PUBLISH (wamp-protocol.md 7.2); nil keeps the router's default. `acknowledge` is set by the session.
public struct PublishOptions: Sendable, Hashable {
    /// False: the publisher receives its own event.
    public var excludeMe: Bool?
    /// Sessions that do not receive the event.
    public var exclude: [UInt64]?
    /// The only sessions that receive the event; routers take an empty list for none given.
    public var eligible: [UInt64]?
    /// Ask the broker to tell subscribers who publishes.
    public var discloseMe: Bool?
    /// Ask the broker to keep the event for later subscribers.
    public var retain: Bool?
    /// Further keys, passed on as they are.
    public var additional: Object

    /// Options of which nil ones stay off the wire.
    public init(
        excludeMe: Bool? = nil, exclude: [UInt64]? = nil, eligible: [UInt64]? = nil, discloseMe: Bool? = nil,
        retain: Bool? = nil, additional: Object = [:]
    ) {
        self.excludeMe = excludeMe
        self.exclude = exclude
        self.eligible = eligible
        self.discloseMe = discloseMe
        self.retain = retain
        self.additional = additional
    }

    var object: Object {
        var object = additional
        if let excludeMe { object["exclude_me"] = .bool(excludeMe) }
        if let exclude { object["exclude"] = .array(exclude.map(Value.integer)) }
        if let eligible { object["eligible"] = .array(eligible.map(Value.integer)) }
        if let discloseMe { object["disclose_me"] = .bool(discloseMe) }
        if let retain { object["retain"] = .bool(retain) }
        return object
    }
}

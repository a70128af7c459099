public import Values

/// Options of PUBLISH (wamp-protocol.md 7.2); nil keeps the router's default. `acknowledge` is set by the session.
public struct PublishOptions: Sendable, Hashable {
    /// False: the publisher receives its own event.
    public var excludeMe: Bool?
    public var exclude: [UInt64]?
    public var eligible: [UInt64]?
    public var discloseMe: Bool?
    public var retain: Bool?
    /// Further keys, passed on as they are.
    public var additional: Object

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

public import Values

/// Lenient reading of options and details: an unknown key and a wrong type from a router count as absent
/// (wamp-protocol.md 1, decision on a tolerant client).
extension Object {
    /// True only for a Boolean true; 0 and 1 are not Booleans.
    public func flag(_ key: String) -> Bool { self[key]?.bool ?? false }

    /// The text of that key, nil when absent or of another type.
    public func text(_ key: String) -> String? { self[key]?.string }

    /// The identifier of that key in any numeric form, nil when absent, of another type or out of range.
    public func identifier(_ key: String) -> UInt64? { self[key].flatMap(WAMPID.init(value:))?.number }
}

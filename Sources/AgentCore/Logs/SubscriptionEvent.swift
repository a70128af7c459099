public import Values

/// A subscription that appeared at the router: arguments of `wamp.subscription.on_create`.
public struct SubscriptionEvent: Sendable, Equatable {
    public enum Match: String, Sendable {
        case exact, prefix, wildcard
    }

    public var id: UInt64
    public var uri: String
    public var match: Match

    public init(id: UInt64, uri: String, match: Match = .exact) {
        self.id = id
        self.uri = uri
        self.match = match
    }

    /// Reads `[session, { id, uri, match, … }]`; nil for anything else.
    public init?(created arguments: [Value]) {
        guard arguments.count >= 2, let details = arguments[1].object,
            let id = details["id"].flatMap(LenientInteger.unsigned), let uri = details["uri"]?.string
        else { return nil }
        self.init(id: id, uri: uri, match: details["match"]?.string.flatMap(Match.init(rawValue:)) ?? .exact)
    }

    /// Reads the subscription id of `wamp.subscription.on_delete`: `[session or null, id]`.
    public static func deletedID(_ arguments: [Value]) -> UInt64? {
        arguments.count >= 2 ? LenientInteger.unsigned(arguments[1]) : nil
    }

    /// Whether a pattern can cover topics that start with this prefix (which ends with a dot).
    func canCover(topicsBelow prefix: String) -> Bool {
        switch match {
        case .exact: uri.hasPrefix(prefix) && uri.utf8.count > prefix.utf8.count
        case .prefix: prefix.hasPrefix(uri) || uri.hasPrefix(prefix)
        case .wildcard:
            zip(
                uri.split(separator: ".", omittingEmptySubsequences: false),
                prefix.split(separator: ".", omittingEmptySubsequences: true)
            ).allSatisfy { $0.isEmpty || $0 == $1 }
                && uri.split(separator: ".", omittingEmptySubsequences: false).count
                    > prefix.split(separator: ".", omittingEmptySubsequences: true).count
        }
    }
}

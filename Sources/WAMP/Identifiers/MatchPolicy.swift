/// How a topic or procedure of a subscription or registration is compared (wamp-protocol.md 7.5).
public enum MatchPolicy: String, Sendable, Hashable, CaseIterable {
    case exact
    case prefix
    case wildcard

    /// Which components may be empty under this policy.
    public var gaps: WAMPURI.Gaps {
        switch self {
        case .exact: .none
        case .prefix: .last
        case .wildcard: .any
        }
    }

    /// Whether the concrete URI falls under the pattern: a prefix is compared as text, not by components; a wildcard
    /// has as many components as the URI, and its empty ones fit any.
    public func matches(pattern: String, _ uri: String) -> Bool {
        switch self {
        case .exact: return pattern == uri
        case .prefix: return uri.utf8.starts(with: pattern.utf8)
        case .wildcard:
            let expected = pattern.split(separator: ".", omittingEmptySubsequences: false)
            let actual = uri.split(separator: ".", omittingEmptySubsequences: false)
            return expected.count == actual.count && zip(expected, actual).allSatisfy { $0.isEmpty || $0 == $1 }
        }
    }
}

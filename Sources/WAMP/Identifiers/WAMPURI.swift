/// The checks of wamp-protocol.md 2.2 on URIs and URI patterns.
public enum WAMPURI {
    /// Which characters a component may hold.
    public enum Rule: Sendable, Hashable {
        /// Anything but white space, `.` and `#`.
        case loose
        /// Lower-case letters, digits and `_`.
        case strict
    }

    /// Which components may be empty.
    public enum Gaps: Sendable, Hashable {
        /// None: a plain URI.
        case none
        /// The last: a prefix pattern.
        case last
        /// Any: a wildcard pattern.
        case any
    }

    /// Whether the whole text is a URI, or a pattern with the gaps allowed.
    public static func isValid(_ uri: String, _ rule: Rule = .loose, gaps: Gaps = .none) -> Bool {
        let components = uri.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false)
        for (index, component) in components.enumerated() {
            guard component.allSatisfy({ allows($0, rule) }) else { return false }
            let mayBeEmpty = gaps == .any || gaps == .last && index == components.count - 1
            guard !component.isEmpty || mayBeEmpty else { return false }
        }
        return true
    }

    private static func allows(_ scalar: Unicode.Scalar, _ rule: Rule) -> Bool {
        switch rule {
        case .loose: !scalar.properties.isWhitespace && scalar != "#"
        case .strict: ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar) || scalar == "_"
        }
    }
}

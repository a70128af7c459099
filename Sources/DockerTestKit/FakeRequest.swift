import Values

/// A request as the fake engine got it.
public struct FakeRequest: Sendable {
    public var method: String
    /// With version and query: `/v1.41/containers/json?all=1`.
    public var target: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    /// Without version and query: `/containers/json`.
    public var path: String {
        let path = target.split(separator: "?", maxSplits: 1).first.map(String.init) ?? ""
        let parts = path.split(separator: "/", maxSplits: 1)
        guard let first = parts.first, first.hasPrefix("v1."), parts.count == 2 else { return path }
        return "/" + parts[1]
    }

    /// `v1.41`, or nil for a request without version.
    public var version: String? {
        target.split(separator: "/", maxSplits: 1).first.flatMap { $0.hasPrefix("v1.") ? String($0) : nil }
    }

    /// The query as it was written, without the question mark; empty for none.
    public var query: String {
        let parts = target.split(separator: "?", maxSplits: 1)
        return parts.count == 2 ? String(parts[1]) : ""
    }

    /// The first header of that name, in any case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

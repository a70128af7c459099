import Values

/// An entry of an image list.
public struct ImageSummary: Sendable, Equatable {
    /// `sha256:…`; not comparable between image stores (1.3.7).
    public var id: String
    /// `repository:tag`; with a filter only those that matched. Empty for an untagged image.
    public var tags: [String]

    /// Nil when the entry has no id.
    init?(_ value: Value) {
        guard let id = value["Id"]?.string, !id.isEmpty else { return nil }
        self.id = id
        // Up to API 1.42 an untagged image has this placeholder.
        tags = (value["RepoTags"]?.array ?? []).compactMap(\.string).filter { $0 != "<none>:<none>" }
    }
}

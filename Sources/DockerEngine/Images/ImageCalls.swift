import NIOHTTP1
public import Values

/// Images (1.2 #25 to #28).
extension DockerClient {
    /// All images as the engine describes them; `reference` limits them to a repository, or to one tag of it.
    public func imageDocuments(
        reference: String? = nil, deadline: Duration? = nil
    ) async throws(DockerError) -> [Value] {
        var query: [(name: String, value: String)] = []
        if let reference { query.append(("filters", try JSON.filters([("reference", [reference])]))) }
        return try await call(EngineRequest(.GET, "/images/json", query: query), deadline: deadline).jsonArray()
    }

    /// The same, read.
    public func listImages(reference: String? = nil) async throws(DockerError) -> [ImageSummary] {
        try await imageDocuments(reference: reference).compactMap(ImageSummary.init)
    }

    /// Everything about one image; `imageNotFound` when there is none.
    public func inspectImage(_ reference: String) async throws(DockerError) -> Object {
        try await call(EngineRequest(.GET, "\(Self.imagePath(reference))/json")).jsonObject()
    }

    /// Gives an image another name.
    public func tagImage(_ source: String, as target: ImageReference) async throws(DockerError) {
        let query = [(name: "repo", value: target.repository), (name: "tag", value: target.tag)]
        try await call(EngineRequest(.POST, "\(Self.imagePath(source))/tag", query: query))
    }

    /// Removes one tag, and the layers when it was the last. By id and `force` **all** tags of the image go (C-3).
    /// Returns what was untagged and deleted.
    @discardableResult
    public func removeImage(
        _ reference: String, force: Bool = false, prunesParents: Bool = true
    ) async throws(DockerError) -> [Value] {
        var query: [(name: String, value: String)] = []
        if force { query.append(("force", "1")) }
        if !prunesParents { query.append(("noprune", "1")) }
        return try await call(EngineRequest(.DELETE, Self.imagePath(reference), query: query)).jsonArray()
    }

    private static func imagePath(_ reference: String) -> String {
        "/images/\(PercentEncoding.encode(reference, keepingSlashes: true))"
    }
}

/// A reference to an image, taken apart as the engine wants it (1.3.7).
public struct ImageReference: Sendable, Hashable, CustomStringConvertible {
    /// Registry host and path, as they were written: `127.0.0.1:5001/test/base`, `alpine`.
    public var repository: String
    /// A tag, or a digest such as `sha256:…`.
    public var tag: String

    public init(repository: String, tag: String) {
        self.repository = repository
        self.tag = tag
    }

    /// Reads `repository`, `repository:tag` or `repository@digest`; without either the tag is `latest`.
    ///
    /// Throws `refused` for a text that cannot be a reference.
    public init(_ text: String) throws(DockerError) {
        var repository = text[...]
        var tag = "latest"[...]
        if let at = text.firstIndex(of: "@") {
            repository = text[..<at]
            tag = text[text.index(after: at)...]
            // Written again, anything but a digest would be a tag, and so another image.
            guard Self.isDigest(tag) else {
                throw DockerError(.refused, "this is no image reference: \(text)")
            }
        } else if let colon = text.lastIndex(of: ":"), !text[colon...].contains("/") {
            repository = text[..<colon]
            tag = text[text.index(after: colon)...]
        }
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isPlain, !repository.isEmpty, !tag.isEmpty, !repository.hasPrefix("/"), !repository.hasSuffix("/") else {
            throw DockerError(.refused, "this is no image reference: \(text)")
        }
        self.init(repository: String(repository), tag: String(tag))
    }

    /// `algorithm:digits`, without a further `@`.
    private static func isDigest(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts.contains(where: \.isEmpty) && !text.contains("@")
    }

    /// Whether ``tag`` is a digest.
    public var isDigest: Bool { tag.contains(":") }

    /// The registry: the first part when it has a dot or a colon or is `localhost`, else `docker.io`.
    public var registry: String {
        let parts = repository.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let first = parts.first else { return "docker.io" }
        return first.contains(".") || first.contains(":") || first == "localhost" ? String(first) : "docker.io"
    }

    /// The full name without short forms: `docker.io/library/alpine`.
    public var canonicalRepository: String {
        if repository.hasPrefix("\(registry)/") { return repository }
        return repository.contains("/") ? "docker.io/\(repository)" : "docker.io/library/\(repository)"
    }

    public var description: String { isDigest ? "\(repository)@\(tag)" : "\(repository):\(tag)" }
}

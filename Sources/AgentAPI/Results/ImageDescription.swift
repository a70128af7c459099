import Values

/// An image summary in the words of `get_images` (containers-logs-terminal.md 5.2).
enum ImageDescription {
    /// Keys of the engine and of the reply, in the recorded order.
    private static let keys = [
        ("Created", "created"), ("Containers", "containers"), ("SharedSize", "sharedSize"),
        ("VirtualSize", "virtualSize"), ("Id", "id"), ("Labels", "labels"), ("Size", "size"),
        ("RepoTags", "repoTags"),
    ]

    /// The renamed members; zero, empty and null ones are left out, −1 is sent. nil for what is no object.
    static func value(_ summary: Value) -> Value? {
        guard var object = summary.object else { return nil }
        // Engines of API 1.44 and newer do not send it any more.
        if object["VirtualSize"].map(isEmpty) ?? true { object["VirtualSize"] = object["Size"] }
        var result: Object = [:]
        for (engineKey, key) in keys {
            guard let value = object[engineKey], !isEmpty(value) else { continue }
            result[key] = value
        }
        return .object(result)
    }

    private static func isEmpty(_ value: Value) -> Bool {
        switch value {
        case .null: true
        case .bool(let flag): !flag
        case .int(let number): number == 0
        case .uint(let number): number == 0
        case .double(let number): number == 0
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        }
    }
}

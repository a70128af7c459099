import Values

/// An entry of a container list (1.2 #3).
public struct ContainerSummary: Sendable, Equatable {
    public var id: String
    /// Without leading slashes.
    public var names: [String]
    public var image: String
    public var imageID: String
    /// `running`, `exited`, … as the engine writes it.
    public var state: String
    /// For people: `Exited (137) 2 minutes ago`.
    public var status: String
    public var labels: [String: String]
    public var bindings: [HostPortBinding]

    /// Nil when the entry has no id: it is left out, the list lives on (C-4).
    init?(_ value: Value) {
        guard let id = value["Id"]?.string, !id.isEmpty else { return nil }
        self.id = id
        names = (value["Names"]?.array ?? []).compactMap(\.string).map {
            $0.hasPrefix("/") ? String($0.dropFirst()) : $0
        }
        image = value["Image"]?.string ?? ""
        imageID = value["ImageID"]?.string ?? ""
        state = value["State"]?.string ?? ""
        status = value["Status"]?.string ?? ""
        labels = (value["Labels"]?.object).stringMembers
        bindings = Self.bindings(value["Ports"])
    }

    /// The number in `Exited (137) …`; nil for every other text, which never fails a list (C-4).
    public var exitCode: Int32? { Self.exitCode(ofStatus: status) }

    /// The health in `Up 3 minutes (healthy)` or `Up 2 seconds (health: starting)`; nil for every other text.
    public var health: String? {
        guard status.hasSuffix(")"), let start = status.lastIndex(of: "(") else { return nil }
        let word = status[status.index(after: start)...].dropLast()
        switch word {
        case "healthy", "unhealthy": return String(word)
        case "health: starting": return "starting"
        default: return nil
        }
    }

    static func exitCode(ofStatus status: String) -> Int32? {
        guard status.hasPrefix("Exited ("), let end = status.firstIndex(of: ")") else { return nil }
        return Int32(status[status.index(status.startIndex, offsetBy: 8)..<end])
    }
}

extension Object? {
    /// The members that are texts.
    var stringMembers: [String: String] {
        var texts: [String: String] = [:]
        for (key, value) in self ?? [:] {
            if let text = value.string { texts[key] = text }
        }
        return texts
    }
}

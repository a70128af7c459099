/// What the operator typed for `studio app run`, checked.
public struct AppRequestForm: Sendable, Equatable {
    public var image: String
    public var name: String
    public var environment: [String: String]

    /// - Throws: `invalid` with the field and the rule.
    public init(image: String, name: String?, environment: [String: String]) throws(StudioError) {
        guard !image.isEmpty, !image.contains(where: \.isWhitespace), !image.hasPrefix("-") else {
            throw StudioError(.invalid, "“\(image)” is no image reference")
        }
        self.image = image
        self.name = name ?? Self.name(fromImage: image)
        try Self.check(name: self.name)
        for variable in environment.keys where variable.isEmpty || variable.contains("=") {
            throw StudioError(.invalid, "“\(variable)” is no name of an environment variable")
        }
        self.environment = environment
    }

    /// The last path component without tag and digest, with what names may not have replaced by `-`.
    private static func name(fromImage image: String) -> String {
        let last = image.split(separator: "/").last.map(String.init) ?? image
        let base = last.prefix { $0 != ":" && $0 != "@" }
        return String(base.map { isAllowed($0) ? $0 : "-" })
    }

    /// The name becomes part of container names and directories (app-lifecycle.md 1.1, P2).
    private static func check(name: String) throws(StudioError) {
        guard (1...64).contains(name.count), name.allSatisfy(isAllowed),
            name.first?.isLetter == true || name.first?.isNumber == true
        else {
            throw StudioError(
                .invalid,
                "an app name has 1 to 64 letters, digits, dots, dashes or underscores and starts with a letter or "
                    + "digit; got “\(name)”")
        }
    }

    private static func isAllowed(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
    }
}

/// One flag of the command line: what is parsed, what the usage text and the documentation say.
public struct Flag: Sendable, Equatable {
    /// The kind with its default.
    public enum Kind: Sendable, Equatable {
        case boolean(Bool)
        case text(String)
        case unsigned(UInt64)
    }

    public let name: String
    public let kind: Kind
    /// One sentence without a final stop.
    public let meaning: String
    /// False: accepted so that every unit file of the field starts the agent, but nothing follows from it.
    public let hasEffect: Bool

    public init(_ name: String, _ kind: Kind, _ meaning: String, hasEffect: Bool = true) {
        self.name = name
        self.kind = kind
        self.meaning = meaning
        self.hasEffect = hasEffect
    }

    /// The word after the name in the usage text; none for a boolean.
    var typeWord: String? {
        switch kind {
        case .boolean: nil
        case .text: "string"
        case .unsigned: "uint"
        }
    }

    /// The default as the usage text writes it; nil for the zero value of the kind.
    var shownDefault: String? {
        switch kind {
        case .boolean(let value): value ? "true" : nil
        case .text(let value): value.isEmpty ? nil : GoText.quoted(value)
        case .unsigned(let value): value == 0 ? nil : String(value)
        }
    }
}

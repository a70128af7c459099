/// A parsed command line: the value of every flag of a table, and which were given.
public struct FlagValues: Sendable, Equatable {
    /// Names of the flags given, each once, in the order of their first appearance.
    public private(set) var given: [String] = []
    private var values: [String: Flag.Kind]

    /// Parses arguments by the rules of system.md 1.1 (those of Go's flag package); what follows the first argument
    /// that is no flag is ignored.
    ///
    /// - Parameter arguments: without the name of the program.
    public init(parsing arguments: some Sequence<String>, by table: FlagTable) throws(FlagError) {
        values = Dictionary(uniqueKeysWithValues: table.flags.map { ($0.name, $0.kind) })
        var rest = Array(arguments)[...]
        while let argument = rest.first {
            guard argument.utf8.first == UInt8(ascii: "-"), argument.utf8.count > 1 else { return }
            rest = rest.dropFirst()
            let dashes = argument.hasPrefix("--") ? 2 : 1
            var name = String(decoding: argument.utf8.dropFirst(dashes), as: UTF8.self)
            if dashes == 2, name.isEmpty { return }
            guard let first = name.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "=") else {
                throw .badSyntax(argument)
            }
            var value: String?
            if let equals = name.utf8.firstIndex(of: UInt8(ascii: "=")) {
                value = String(name[name.utf8.index(after: equals)...])
                name = String(name[..<equals])
            }
            guard let flag = table[name] else {
                throw name == "help" || name == "h" ? .helpRequested : .notDefined(name)
            }
            if case .boolean = flag.kind {
                try set(flag, value ?? "true")
            } else if let value {
                try set(flag, value)
            } else {
                guard let next = rest.first else { throw .missingValue(name) }
                rest = rest.dropFirst()
                try set(flag, next)
            }
        }
    }

    /// The value of a boolean flag; false for a name that is none.
    public func boolean(_ name: String) -> Bool {
        if case .boolean(let value)? = values[name] { value } else { false }
    }

    /// The value of a text flag; empty for a name that is none.
    public func text(_ name: String) -> String {
        if case .text(let value)? = values[name] { value } else { "" }
    }

    /// The value of a number flag; 0 for a name that is none.
    public func unsigned(_ name: String) -> UInt64 {
        if case .unsigned(let value)? = values[name] { value } else { 0 }
    }

    private mutating func set(_ flag: Flag, _ text: String) throws(FlagError) {
        switch flag.kind {
        case .boolean:
            guard let value = GoText.boolean(text) else { throw .badBoolean(name: flag.name, value: text) }
            values[flag.name] = .boolean(value)
        case .text:
            values[flag.name] = .text(text)
        case .unsigned:
            do throws(GoText.NumberError) {
                values[flag.name] = .unsigned(try GoText.unsigned(text))
            } catch {
                throw .badNumber(name: flag.name, value: text, isOutOfRange: error == .range)
            }
        }
        if !given.contains(flag.name) { given.append(flag.name) }
    }
}

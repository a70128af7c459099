/// Why a command line is not accepted; `description` is the line shown before the usage text (system.md 1.1).
public enum FlagError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An argument such as `---x` or `-=x`.
    case badSyntax(String)
    case notDefined(String)
    case missingValue(String)
    case badBoolean(name: String, value: String)
    case badNumber(name: String, value: String, isOutOfRange: Bool)
    /// `-h` or `-help`.
    case helpRequested

    public var description: String {
        switch self {
        case .badSyntax(let argument): "bad flag syntax: \(argument)"
        case .notDefined(let name): "flag provided but not defined: -\(name)"
        case .missingValue(let name): "flag needs an argument: -\(name)"
        case .badBoolean(let name, let value):
            "invalid boolean value \(GoText.quoted(value)) for -\(name): parse error"
        case .badNumber(let name, let value, let isOutOfRange):
            "invalid value \(GoText.quoted(value)) for flag -\(name): "
                + (isOutOfRange ? "value out of range" : "parse error")
        case .helpRequested: "help requested"
        }
    }
}

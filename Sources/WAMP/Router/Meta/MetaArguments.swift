import Values

/// The arguments of a call of the meta API. Whatever does not fit is `wamp.error.invalid_argument`, never a violation.
struct MetaArguments {
    private let args: [Value]
    private let kwargs: Object

    init(_ payload: Payload) {
        args = payload.args
        kwargs = payload.kwargs
    }

    /// The positional argument, nil when it is missing or null.
    func value(_ index: Int) -> Value? {
        guard args.indices.contains(index), !args[index].isNull else { return nil }
        return args[index]
    }

    /// The keyword argument, nil when it is missing or null.
    func value(_ key: String) -> Value? { kwargs[key].flatMap { $0.isNull ? nil : $0 } }

    func identifier(_ index: Int) throws(WAMPError) -> UInt64 {
        guard let id = value(index).flatMap(WAMPID.init(value:)) else { throw Self.invalid("an identifier is missing") }
        return id.number
    }

    func text(_ index: Int) throws(WAMPError) -> String {
        guard let text = value(index)?.string else { throw Self.invalid("a text is missing") }
        return text
    }

    func text(_ key: String) throws(WAMPError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { throw Self.invalid("\(key) is no text") }
        return text
    }

    /// The roles to look at, nil for all.
    func roles() throws(WAMPError) -> Set<String>? {
        guard let value = value(0) else { return nil }
        guard let list = value.array, !list.contains(where: { $0.string == nil }) else {
            throw Self.invalid("the roles are no list of texts")
        }
        return Set(list.compactMap(\.string))
    }

    /// The match of a pattern in the options at that place.
    func match(_ index: Int) throws(WAMPError) -> MatchPolicy {
        guard let options = value(index) else { return .exact }
        guard let object = options.object else { throw Self.invalid("the options are no dictionary") }
        guard let match = object["match"], !match.isNull else { return .exact }
        guard let policy = match.string.flatMap(MatchPolicy.init(rawValue:)) else {
            throw Self.invalid("no such match")
        }
        return policy
    }

    /// Which testaments; `destroyed` when nothing is said.
    func scope() throws(WAMPError) -> Testament.Scope {
        guard let text = try text("scope") else { return .destroyed }
        guard let scope = Testament.Scope(rawValue: text) else { throw Self.invalid("no such scope") }
        return scope
    }

    static func invalid(_ sentence: String) -> WAMPError {
        WAMPError(uri: ErrorURI.invalidArgument, message: sentence)
    }
}

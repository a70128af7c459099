import DeviceProtocol
import Values

/// The dictionary that most procedures take as their first positional argument.
struct PositionalArguments {
    private let reader: PayloadReader

    /// - Throws: a failure for a missing, null or other first argument; it must never be more than that (C-1).
    init(_ call: DeviceCall) throws(CallFailure) {
        guard let first = call.arguments.first, !first.isNull else { throw CallFailure("arguments are missing") }
        guard let object = first.object else { throw CallFailure("failed to parse arguments") }
        reader = PayloadReader(object)
    }

    /// A mandatory text that is not blank.
    func text(_ key: String) throws(PayloadError) -> String {
        guard let text = try reader.text(key) else { throw PayloadError(.missing, field: key) }
        guard text.contains(where: { !$0.isWhitespace }) else { throw PayloadError(.malformed, field: key) }
        return text
    }
}

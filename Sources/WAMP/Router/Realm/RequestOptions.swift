import Values

/// The options of a request of a client. A known key of a wrong type is a violation, an unknown key is ignored, null
/// counts as absent (wamp-protocol.md 1, decision).
struct RequestOptions {
    private let message: String
    private let options: Object

    init(_ message: String, _ options: Object) {
        self.message = message
        self.options = options
    }

    func flag(_ key: String) throws(WAMPError) -> Bool? {
        guard let value = value(key) else { return nil }
        return try flag(key, value)
    }

    func text(_ key: String) throws(WAMPError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { throw wrong(key) }
        return text
    }

    /// One of the closed set of texts that an enumeration stands for.
    func choice<Choice: RawRepresentable<String>>(_ key: String) throws(WAMPError) -> Choice? {
        guard let text = try text(key) else { return nil }
        guard let choice = Choice(rawValue: text) else { throw wrong(key) }
        return choice
    }

    /// A number from 0 on, also as a float with an integral value.
    func number(_ key: String) throws(WAMPError) -> UInt64? {
        guard let value = value(key) else { return nil }
        guard value.string == nil, let number = LenientInteger.unsigned(value) else { throw wrong(key) }
        return number
    }

    func flag(_ key: String, _ value: Value) throws(WAMPError) -> Bool {
        guard let flag = value.bool else { throw wrong(key) }
        return flag
    }

    func identifiers(_ key: String, _ value: Value) throws(WAMPError) -> IDSet {
        guard let list = value.array else { throw wrong(key) }
        let numbers = list.compactMap { WAMPID(value: $0)?.number }
        guard numbers.count == list.count else { throw wrong(key) }
        return IDSet(numbers)
    }

    func texts(_ key: String, _ value: Value) throws(WAMPError) -> Set<String> {
        guard let list = value.array else { throw wrong(key) }
        let texts = list.compactMap(\.string)
        guard texts.count == list.count else { throw wrong(key) }
        return Set(texts)
    }

    private func value(_ key: String) -> Value? {
        guard !options.isEmpty, let value = options[key], !value.isNull else { return nil }
        return value
    }

    private func wrong(_ key: String) -> WAMPError {
        WAMPError(.protocolViolation, message: "\(message) has a wrong value at the option \(key)")
    }
}

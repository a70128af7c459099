public import Values

/// Reads the keys of a dictionary by the rules of app-lifecycle.md 1.3: null counts as absent, a wrong type is an error
/// that names the key, unknown keys are nobody's business.
public struct PayloadReader: Sendable {
    public let object: Object

    public init(_ object: Object) { self.object = object }

    /// The member, unless it is absent or null.
    public func value(_ key: String) -> Value? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    public func text(_ key: String) throws(PayloadError) -> String? { try read(key, \.string) }

    public func bool(_ key: String) throws(PayloadError) -> Bool? { try read(key, \.bool) }

    /// A dictionary, as the free-form value that it stays.
    public func dictionary(_ key: String) throws(PayloadError) -> Value? {
        guard let value = value(key) else { return nil }
        guard value.object != nil else { throw PayloadError(.malformed, field: key) }
        return value
    }

    /// A list, as the free-form value that it stays.
    public func list(_ key: String) throws(PayloadError) -> Value? {
        guard let value = value(key) else { return nil }
        guard value.array != nil else { throw PayloadError(.malformed, field: key) }
        return value
    }

    /// A non-negative integer in any numeric form; text is a wrong type.
    public func number(_ key: String) throws(PayloadError) -> UInt64? {
        guard let value = value(key) else { return nil }
        guard value.string == nil, let number = LenientInteger.unsigned(value) else {
            throw PayloadError(.malformed, field: key)
        }
        return number
    }

    /// A non-negative integer in any numeric form or as numeric text.
    public func lenientNumber(_ key: String) throws(PayloadError) -> UInt64? {
        guard let value = value(key) else { return nil }
        guard let number = LenientInteger.unsigned(value) else { throw PayloadError(.malformed, field: key) }
        return number
    }

    /// Like ``lenientNumber(_:)``, but what cannot be read counts as absent.
    public func optionalNumber(_ key: String) -> UInt64? { value(key).flatMap(LenientInteger.unsigned) }

    private func read<T>(_ key: String, _ kind: (Value) -> T?) throws(PayloadError) -> T? {
        guard let value = value(key) else { return nil }
        guard let result = kind(value) else { throw PayloadError(.malformed, field: key) }
        return result
    }
}

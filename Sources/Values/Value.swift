/// A free-form value as it travels in a WAMP payload, in a JSON file or in a Docker answer.
///
/// Integers, floating-point numbers and byte strings stay apart. An integer that fits `Int64` is always `int`;
/// `uint` holds only what is larger, so equal numbers are equal values.
public enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    /// Greater than `Int64.max`. Made by ``integer(_:)``, never directly.
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case array([Value])
    case object(Object)

    /// The value of an unsigned integer in its one form.
    public static func integer(_ number: UInt64) -> Value {
        Int64(exactly: number).map(Value.int) ?? .uint(number)
    }
}

// MARK: - Reading

extension Value {
    /// True for `null`, which the wire's rules treat like an absent key.
    public var isNull: Bool { self == .null }

    /// The Boolean, or nil for any other kind.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The text, or nil for any other kind.
    public var string: String? { if case .string(let value) = self { value } else { nil } }

    /// The elements, or nil for any other kind.
    public var array: [Value]? { if case .array(let value) = self { value } else { nil } }

    /// The members, or nil for any other kind.
    public var object: Object? { if case .object(let value) = self { value } else { nil } }

    /// The byte string, or nil for any other kind.
    public var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }

    /// The member of an object; nil for a missing key and for any other kind.
    public subscript(key: String) -> Value? { object?[key] }

    /// The element of an array; nil outside its bounds and for any other kind.
    public subscript(index: Int) -> Value? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }
}

// MARK: - Literals

extension Value: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: Value...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, Value)...) { self = .object(Object(elements)) }
}

/// Integers from peers that write them in several kinds: integers of any width, floats with an integral value
/// (JavaScript, and Go's untyped JSON), decimal text.
public enum LenientInteger {
    /// Nil for a negative, fractional or too large number and for anything that is no number.
    public static func unsigned(_ value: Value) -> UInt64? {
        switch value {
        case .int(let number): UInt64(exactly: number)
        case .uint(let number): number
        case .double(let number): UInt64(exactly: number)
        case .string(let text): UInt64(text)
        default: nil
        }
    }

    /// Nil for a fractional or too large number and for anything that is no number.
    public static func signed(_ value: Value) -> Int64? {
        switch value {
        case .int(let number): number
        case .uint(let number): Int64(exactly: number)
        case .double(let number): Int64(exactly: number)
        case .string(let text): Int64(text)
        default: nil
        }
    }
}

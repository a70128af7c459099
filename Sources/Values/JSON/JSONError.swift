/// Why a text is not acceptable JSON, or a value cannot be written as such.
public struct JSONError: Error, Sendable, Hashable {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The text breaks the grammar.
        case syntax
        /// The bytes are not UTF-8.
        case invalidUTF8
        /// Nested deeper than allowed.
        case depth
        /// Longer than allowed.
        case size
        /// A number too large for a double.
        case numberRange
        /// NaN or infinity.
        case notRepresentable
    }

    /// What kind of fault it is.
    public var code: Code
    /// Where in the text, in bytes; 0 when writing.
    public var offset: Int
    /// A sentence without any of the text's content.
    public var message: String

    /// A fault at a place.
    public init(_ code: Code, offset: Int = 0, _ message: String) {
        self.code = code
        self.offset = offset
        self.message = message
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String { "\(message) (offset \(offset))" }
}

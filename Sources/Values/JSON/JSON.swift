/// Reading and writing of JSON text (RFC 8259).
///
/// Integers stay exact over the whole range of `Int64` and `UInt64`. A number with a fraction or an exponent is a
/// double, also when its value is integral, and is written so that it is one again.
public enum JSON {
    /// What is accepted from a peer or a file.
    public struct Limits: Sendable, Hashable {
        /// Nesting of arrays and objects.
        public var depth: Int
        /// Length of the text in bytes.
        public var size: Int

        /// Limits; the defaults suit messages and files of the agent.
        public init(depth: Int = 128, size: Int = 16 << 20) {
            self.depth = depth
            self.size = size
        }

        /// 128 levels, 16 MiB.
        public static let `default` = Limits()
    }

    /// How byte strings appear in the text.
    public enum Binary: Sendable, Hashable {
        /// Written as base64 text, as Go does; every text is read as text.
        case plain
        /// A text that starts with U+0000, followed by base64 (wamp-protocol.md 4), in both directions.
        case wamp
    }

    /// How the text is laid out.
    public enum Style: Sendable, Hashable {
        /// Without any space.
        case compact
        /// The layout of Go's `json.MarshalIndent(value, "", …)` with that many spaces per level, and its escapes for
        /// text that may end up in HTML: `<`, `>`, `&`, U+2028 and U+2029.
        case goIndented(Int)
    }

    /// Reads one value that fills the whole text.
    /// - Throws: the first fault, with its offset in bytes.
    public static func decode(_ bytes: [UInt8], limits: Limits = .default, binary: Binary = .plain)
        throws(JSONError) -> Value
    {
        var reader = try JSONReader(bytes, limits: limits, binary: binary)
        return try reader.document()
    }

    /// Reads one value that fills the whole text.
    public static func decode(_ bytes: some Sequence<UInt8>, limits: Limits = .default, binary: Binary = .plain)
        throws(JSONError) -> Value
    {
        try decode(Array(bytes), limits: limits, binary: binary)
    }

    /// Reads one value that fills the whole text.
    public static func decode(_ text: String, limits: Limits = .default, binary: Binary = .plain)
        throws(JSONError) -> Value
    {
        try decode(Array(text.utf8), limits: limits, binary: binary)
    }

    /// Writes the value as UTF-8.
    /// - Throws: `notRepresentable` for NaN and infinity, `depth` for nesting beyond the default limit.
    public static func encode(_ value: Value, style: Style = .compact, binary: Binary = .plain)
        throws(JSONError) -> [UInt8]
    {
        var writer = JSONWriter(style: style, binary: binary)
        try writer.write(value)
        return writer.output
    }

    /// Writes the value as text.
    public static func text(_ value: Value, style: Style = .compact, binary: Binary = .plain)
        throws(JSONError) -> String
    {
        String(decoding: try encode(value, style: style, binary: binary), as: UTF8.self)
    }
}

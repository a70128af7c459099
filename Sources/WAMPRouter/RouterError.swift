/// Why a router could not start.
public struct RouterError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// The configuration cannot be served.
        case configuration
        /// An address cannot be listened on.
        case listener
        /// The certificate or the key cannot be used.
        case tls
        /// The router does not run (any more).
        case stopped
    }

    public let code: Code
    /// A sentence for people.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

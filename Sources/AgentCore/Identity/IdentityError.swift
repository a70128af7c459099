/// Why an identity file cannot be used. The agent then ends with a message and leaves the file alone (S-2).
public struct IdentityError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// There is no file.
        case absent
        /// Nothing but white space.
        case empty
        /// No JSON, or no JSON object.
        case undecodable
        /// A mandatory field is missing or has a value that it cannot have.
        case invalid(field: String)
        /// It could not be written.
        case unwritable
    }

    public var code: Code
    /// One sentence that names the place, without any value of the file: it holds secrets.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

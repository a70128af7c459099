/// Why a request for an app was not taken.
public struct RequestError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// The request cannot be meant: no key, an unusable name, a state that is no target.
        case invalid
        /// The database did not take it.
        case storage
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

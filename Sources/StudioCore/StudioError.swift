/// Why the studio refuses something: one sentence for the operator or the device, without secrets.
public struct StudioError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case invalid = "studio.invalid_argument"
        case noSuchDevice = "studio.no_such_device"
        case noSuchApp = "studio.no_such_app"
        case alreadyExists = "studio.already_exists"
        case notAllowed = "wamp.error.not_authorized"
        case unavailable = "studio.unavailable"
        /// The studio's own database does not work.
        case storage = "studio.storage_failed"
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

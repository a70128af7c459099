public import Values

/// Why a call to the device gave no result; the one error shape of every procedure (containers-logs-terminal.md 0).
public struct CallFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The only error URI that a device answers.
    public static let uri = "wamp.error.canceled"

    /// One sentence for the caller; never a secret.
    public var message: String

    public init(_ message: String) { self.message = message }

    /// The positional arguments of the ERROR message: one dictionary.
    public var arguments: [Value] { [["error": .string(message)]] }

    public var description: String { message }
}

import Values

extension Message {
    /// The message as it may be logged: what proves an identity is replaced.
    public var redacted: Message {
        switch self {
        case .authenticate(_, let extra): .authenticate(signature: "(redacted)", extra: extra)
        default: self
        }
    }
}

extension Message: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The redacted message as JSON, or its name when it cannot be written: a ticket travels in AUTHENTICATE as it is.
    public var description: String { (try? JSON.text(redacted.value, binary: .wamp)) ?? name }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Shows no more than ``description``.
    public var customMirror: Mirror { Mirror(self, children: ["message": description]) }
}

extension Message {
    /// The message as it may be logged: what proves an identity is replaced.
    public var redacted: Message {
        switch self {
        case .authenticate(_, let extra): .authenticate(signature: "(redacted)", extra: extra)
        default: self
        }
    }
}

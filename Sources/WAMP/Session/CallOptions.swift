public import Values

/// What CANCEL asks of the dealer (wamp-protocol.md 8.5).
public enum CancelMode: String, Sendable, Hashable {
    /// The callee is not told. Crossbar then never answers.
    case skip
    /// The callee is told, and its answer is awaited.
    case kill
    /// The callee is told, and the call ends at once.
    case killnowait
}

/// Options of CALL. `timeout` and `receive_progress` are set by the session.
public struct CallOptions: Sendable, Hashable {
    /// Ask the dealer to tell the callee who calls.
    public var discloseMe: Bool?
    /// Further keys, passed on as they are.
    public var additional: Object

    /// Options of which nil ones stay off the wire.
    public init(discloseMe: Bool? = nil, additional: Object = [:]) {
        self.discloseMe = discloseMe
        self.additional = additional
    }

    var object: Object {
        var object = additional
        if let discloseMe { object["disclose_me"] = .bool(discloseMe) }
        return object
    }
}

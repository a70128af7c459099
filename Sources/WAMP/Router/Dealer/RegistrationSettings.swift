import Values

/// The options of REGISTER that the dealer acts on (wamp-protocol.md 8.2).
struct RegistrationSettings: Sendable {
    private static let policies: Set<String> = ["single", "roundrobin", "random", "first", "last"]

    let match: MatchPolicy
    /// How callees share a registration.
    let invoke: String
    let forwardsTimeout: Bool
    /// Whether the present holder is put out (8.10).
    let isForced: Bool

    /// - Throws: `protocolViolation` for a known key of a wrong type.
    init(_ options: Object) throws(WAMPError) {
        let reader = RequestOptions("REGISTER", options)
        match = try reader.choice("match") ?? .exact
        invoke = try reader.text("invoke") ?? "single"
        forwardsTimeout = try reader.flag("forward_timeout") ?? false
        isForced = try reader.flag("force_reregister") ?? false
        _ = try reader.flag("disclose_caller")
    }

    /// What this dealer does not do, as the error to answer with; nil when it can do all that is asked.
    var refusal: WAMPError? {
        guard Self.policies.contains(invoke) else {
            return WAMPError(uri: ErrorURI.invalidArgument, message: "an unknown invocation policy")
        }
        guard match == .exact else {
            return WAMPError(uri: ErrorURI.optionNotAllowed, message: "only exact registrations are possible")
        }
        guard invoke == "single" else {
            return WAMPError(uri: ErrorURI.optionNotAllowed, message: "only the invocation policy single is possible")
        }
        return nil
    }
}

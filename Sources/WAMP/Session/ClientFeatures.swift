import Values

/// What a client announces in HELLO. All of it works, or is refused with the standard error (wamp-protocol.md 3.2).
enum ClientFeatures {
    static let roles: Object = [
        "publisher": features([
            "subscriber_blackwhite_listing", "publisher_exclusion", "publisher_identification", "payload_passthru_mode",
        ]),
        "subscriber": features(["pattern_based_subscription", "publisher_identification", "payload_passthru_mode"]),
        "callee": features([
            "caller_identification", "progressive_call_invocations", "progressive_call_results",
            "payload_passthru_mode", "pattern_based_registration", "shared_registration", "call_canceling",
            "call_timeout",
        ]),
        "caller": features([
            "progressive_call_results", "payload_passthru_mode", "call_canceling", "call_timeout",
            "caller_identification", "progressive_call_invocations",
        ]),
    ]

    private static func features(_ names: [String]) -> Value {
        ["features": .object(Object(names.map { ($0, true) }))]
    }
}

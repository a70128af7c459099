import Values

/// What the router announces in WELCOME: that which works, no more (wamp-protocol.md 3.2).
enum RouterFeatures {
    static let roles: Value = [
        "broker": features([
            "publisher_identification", "publisher_exclusion", "subscriber_blackwhite_listing",
            "pattern_based_subscription", "session_meta_api", "subscription_meta_api",
        ]),
        "dealer": features([
            "caller_identification", "call_canceling", "call_timeout", "progressive_call_results",
            "registration_meta_api", "session_meta_api", "testament_meta_api", "registration_revocation",
        ]),
    ]

    private static func features(_ names: [String]) -> Value {
        ["features": .object(Object(names.map { ($0, true) }))]
    }
}

import Values

/// The details of HELLO, with their types checked; unknown keys are ignored (wamp-protocol.md 1, 3.1).
struct HelloDetails: Sendable {
    /// The roles of a client.
    private static let roleNames = ["publisher", "subscriber", "caller", "callee"]

    let authID: String?
    let authMethods: [String]
    let authExtra: Object
    let agent: String?
    /// Whether a role of a client is announced at all.
    let hasRole: Bool

    /// - Throws: `protocolViolation` for a known key of a wrong type.
    init(_ details: Object) throws(WAMPError) {
        authID = try Self.text("authid", details)
        agent = try Self.text("agent", details)
        _ = try Self.text("authrole", details)
        authExtra = try Self.dictionary("authextra", details["authextra"])
        authMethods = try Self.methods(details)
        let roles = try Self.dictionary("roles", details["roles"])
        var found = false
        for name in Self.roleNames {
            guard let role = roles[name] else { continue }
            found = true
            let features = try Self.dictionary(name, role)["features"]
            for (feature, value) in try Self.dictionary("features", features) {
                guard value.bool != nil || value.isNull else { throw Self.wrongType(feature) }
            }
        }
        hasRole = found
    }

    /// A HELLO without `authmethods` means anonymous.
    private static func methods(_ details: Object) throws(WAMPError) -> [String] {
        guard let value = details["authmethods"], !value.isNull else { return ["anonymous"] }
        guard let list = value.array else { throw wrongType("authmethods") }
        let methods = list.compactMap(\.string)
        guard methods.count == list.count else { throw wrongType("authmethods") }
        return methods.isEmpty ? ["anonymous"] : methods
    }

    private static func text(_ key: String, _ details: Object) throws(WAMPError) -> String? {
        guard let value = details[key], !value.isNull else { return nil }
        guard let text = value.string else { throw wrongType(key) }
        return text
    }

    private static func dictionary(_ key: String, _ value: Value?) throws(WAMPError) -> Object {
        guard let value, !value.isNull else { return [:] }
        guard let object = value.object else { throw wrongType(key) }
        return object
    }

    private static func wrongType(_ key: String) -> WAMPError {
        WAMPError(.protocolViolation, message: "HELLO has a wrong type at \(key)")
    }
}

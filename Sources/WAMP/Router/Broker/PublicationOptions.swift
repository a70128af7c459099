import Values

/// The options of PUBLISH that the broker acts on (wamp-protocol.md 7.2). Publishers are disclosed in any case, and
/// nothing is retained.
struct PublicationOptions: Sendable {
    var acknowledge = false
    var excludeMe = true
    var filter = EventFilter()

    /// - Throws: `protocolViolation` for a known key of a wrong type.
    init(_ options: Object) throws(WAMPError) {
        guard !options.isEmpty else { return }
        let reader = RequestOptions("PUBLISH", options)
        for (key, value) in options where !value.isNull {
            switch key {
            case "acknowledge": acknowledge = try reader.flag(key, value)
            case "exclude_me": excludeMe = try reader.flag(key, value)
            case "disclose_me", "retain": _ = try reader.flag(key, value)
            case "exclude": filter.exclude = try reader.identifiers(key, value)
            case "eligible": filter.eligible = try reader.identifiers(key, value)
            case "exclude_authid": filter.excludedAuthIDs = try reader.texts(key, value)
            case "exclude_authrole": filter.excludedAuthRoles = try reader.texts(key, value)
            case "eligible_authid": filter.eligibleAuthIDs = try reader.texts(key, value)
            case "eligible_authrole": filter.eligibleAuthRoles = try reader.texts(key, value)
            default: continue
            }
        }
    }
}

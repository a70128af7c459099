/// Black and white lists of a publication (wamp-protocol.md 7.3). An empty white list counts as absent, as both
/// routers have it.
struct EventFilter: Sendable {
    var exclude = IDSet()
    var eligible = IDSet()
    var excludedAuthIDs: Set<String> = []
    var excludedAuthRoles: Set<String> = []
    var eligibleAuthIDs: Set<String> = []
    var eligibleAuthRoles: Set<String> = []

    /// True when everybody may have the event.
    var isEmpty: Bool { exclude.isEmpty && eligible.isEmpty && !asksForIdentity }

    /// Whether a decision needs more than the session's number.
    var asksForIdentity: Bool {
        !excludedAuthIDs.isEmpty || !excludedAuthRoles.isEmpty || !eligibleAuthIDs.isEmpty
            || !eligibleAuthRoles.isEmpty
    }

    /// Whether the lists of session numbers let that session have the event.
    func allows(_ session: UInt64) -> Bool {
        (eligible.isEmpty || eligible.contains(session)) && !exclude.contains(session)
    }

    /// Whether the lists of identities let that session have the event.
    func allows(_ identity: SessionIdentity) -> Bool {
        (eligibleAuthIDs.isEmpty || eligibleAuthIDs.contains(identity.authID))
            && (eligibleAuthRoles.isEmpty || eligibleAuthRoles.contains(identity.authRole))
            && !excludedAuthIDs.contains(identity.authID) && !excludedAuthRoles.contains(identity.authRole)
    }
}

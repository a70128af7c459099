import AsyncSupport
import Values

// MARK: - Registrations (wamp-protocol.md 8.1, 8.10)

extension RealmMachine {
    mutating func register(
        _ request: UInt64, _ options: Object, _ procedure: String, _ session: UInt64, _ now: WallTime
    ) throws(WAMPError) {
        let settings = try RegistrationSettings(options)
        if let refusal = registrationRefusal(procedure, settings, session) {
            return fail(MessageCode.register, request, refusal.uri, refusal.message, to: session)
        }
        if let held = procedures.id(of: procedure) {
            guard settings.isForced else {
                return fail(
                    MessageCode.register, request, ErrorURI.procedureAlreadyExists,
                    "the procedure \(procedure) is registered already", to: session)
            }
            evict(held)
        }
        let id = nextRegistration()
        procedures.add(
            .init(uri: procedure, created: now, callee: session, forwardsTimeout: settings.forwardsTimeout), id: id)
        members[session]?.registrations.insert(id)
        // REGISTERED comes before any INVOCATION.
        send(.registered(request: request, registration: id), to: session)
        if let details = procedures[id]?.metaDetails(id) {
            announce(MetaTopic.registrationCreated, [.integer(session), .object(details)])
        }
        announce(MetaTopic.registered, [.integer(session), .integer(id)])
    }

    /// Why the session may not have that registration; nil when it may.
    private func registrationRefusal(
        _ procedure: String, _ settings: RegistrationSettings, _ session: UInt64
    ) -> WAMPError? {
        guard procedure.utf8.count <= RouterURI.maximumLength,
            WAMPURI.isValid(procedure, gaps: settings.match.gaps)
        else { return WAMPError(uri: ErrorURI.invalidURI, message: "no procedure") }
        guard !RouterURI.isReserved(procedure) else {
            return WAMPError(uri: ErrorURI.invalidURI, message: "procedures of the router are its own")
        }
        if let refusal = settings.refusal { return refusal }
        if let sentence = refusal(.register, procedure, settings.match, by: session) {
            return WAMPError(uri: ErrorURI.notAuthorized, message: sentence)
        }
        guard members[session]?.registrations.count ?? 0 < options.registrationsPerSession else {
            return WAMPError(uri: ErrorURI.unavailable, message: "too many registrations")
        }
        return nil
    }

    /// Takes a registration from its holder, who is told (wamp-protocol.md 8.10). What it works on it may finish.
    private mutating func evict(_ registration: UInt64) {
        guard let procedure = procedures.remove(registration) else { return }
        members[procedure.callee]?.registrations.remove(registration)
        let details: Object = ["reason": .string(ErrorURI.unregistered), "registration": .integer(registration)]
        send(.unregistered(request: 0, details: details), to: procedure.callee)
        announceUnregistered(procedure.callee, registration)
    }

    mutating func unregister(_ request: UInt64, _ registration: UInt64, _ session: UInt64) {
        guard members[session]?.registrations.remove(registration) == true else {
            return fail(
                MessageCode.unregister, request, ErrorURI.noSuchRegistration, "the session does not hold it",
                to: session)
        }
        procedures.remove(registration)
        send(.unregistered(request: request, details: [:]), to: session)
        announceUnregistered(session, registration)
    }

    mutating func announceUnregistered(_ session: UInt64, _ registration: UInt64) {
        announce(MetaTopic.unregistered, [.integer(session), .integer(registration)])
        announce(MetaTopic.registrationDeleted, [.integer(session), .integer(registration)])
    }
}

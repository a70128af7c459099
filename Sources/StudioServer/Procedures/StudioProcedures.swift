import DeviceProtocol
import StudioCore
import Values
import WAMP
import WAMPClient

/// Binds the studio to the router: one entry per procedure, with the rule who may call it.
struct StudioProcedures: Sendable {
    typealias Answer = @Sendable (ProcedureCall) async throws(StudioError) -> [Value]

    let studio: Studio

    /// Every procedure by its name.
    var all: [(name: String, answer: Answer)] { [authenticator] + forDevices + forOperators }

    /// The handler of one procedure: errors of the studio become the router's, nothing else gets out.
    func handler(_ answer: @escaping Answer) -> @Sendable (Invocation) async throws -> Reply {
        { [swarmKey = studio.settings.swarmKey] invocation in
            let call = ProcedureCall(args: invocation.args, caller: Caller(invocation), swarmKey: swarmKey)
            do throws(StudioError) {
                return Reply(try await answer(call))
            } catch {
                throw WAMPError(uri: error.code.rawValue, args: [.string(error.message)])
            }
        }
    }

    /// Takes an event of `reswarm.api.testament_device`. Anybody can publish one: only the lost session's own counts.
    func noteTestament(_ event: Event) async throws(StudioError) {
        let call = ProcedureCall(args: event.args, caller: Caller(event), swarmKey: studio.settings.swarmKey)
        let key = try call.ownDevice()
        let session = try call.decode { (will) throws(PayloadError) in
            guard let session = try PayloadReader(will).lenientNumber("wamp_session_id") else {
                throw PayloadError(.missing, field: "wamp_session_id")
            }
            return session
        }
        try await studio.noteTestament(of: key, session: session)
    }

    /// Takes an event of `wamp.session.on_join`. Returns a sentence when the device has another session already.
    func noteJoin(_ event: Event) async -> String? {
        guard let details = event.args.first, let session = details["session"].flatMap(LenientInteger.unsigned),
            let authID = details["authid"]?.string,
            let count = await studio.noteJoin(session: session, authID: authID), count > 1
        else { return nil }
        return "device identity \(authID) has \(count) sessions: it came back before its old connection ended, or two "
            + "agents use one identity file; the one that came first goes on"
    }

    /// Takes an event of `wamp.session.on_leave`; the session is its first argument on every router.
    func noteLeave(_ event: Event) async {
        guard let session = event.args.first.flatMap(LenientInteger.unsigned) else { return }
        await studio.noteLeave(session: session)
    }

    // MARK: What the router calls

    /// The router asks with (realm, authid, details) and lets join whom it gets a secret for.
    private var authenticator: (String, Answer) {
        (
            OperatorProcedures.authenticate,
            { [studio] call throws(StudioError) in
                try call.caller.requireRouter()
                guard call.args.count >= 2, let realm = call.args[0].string, let authID = call.args[1].string else {
                    throw StudioError(.invalid, "the router asks with realm, identity and details")
                }
                let secret = try await studio.secret(ofAuthID: authID, realm: realm)
                return [["secret": .string(secret), "role": "device"]]
            }
        )
    }

    // MARK: What devices call

    private var forDevices: [(String, Answer)] {
        [
            (
                BackendProcedure.readDeviceMetadata,
                { [studio] call throws(StudioError) in
                    [.object(try await studio.metadata(of: call.ownDevice()))]
                }
            ),
            (
                BackendProcedure.updateDeviceStatus,
                { [studio] call throws(StudioError) in
                    let key = try call.ownDevice()
                    let report = try call.decode(DeviceStatusReport.init)
                    try await studio.noteStatus(
                        report.status, of: key, session: report.sessionID == 0 ? nil : report.sessionID)
                    return StatusReply(platformURL: nil).results
                }
            ),
            (
                BackendProcedure.updateDeviceArchitecture,
                { [studio] call throws(StudioError) in
                    let key = try call.ownDevice()
                    try await studio.noteArchitecture(
                        call.optionalText("architecture") ?? "", system: call.optionalText("os") ?? "",
                        version: call.optionalText("agent_version") ?? "", of: key)
                    return [.null]
                }
            ),
            (
                BackendProcedure.getAppCredentialKey,
                { [studio] call throws(StudioError) in
                    let key = try call.caller.requireAnyDevice(ofSwarm: call.swarmKey)
                    return [.string(try await studio.credentialKey(of: key))]
                }
            ),
            (
                BackendProcedure.checkPrivilege,
                { call throws(StudioError) in
                    _ = try call.ownDevice("entity_key")
                    let question = try call.decode(PrivilegeQuestion.init)
                    return [.bool(question.accountKey == Accounts.owner)]
                }
            ),
            (
                BackendProcedure.getRequestedAppStates,
                { [studio] call throws(StudioError) in
                    [.array(try await studio.requestedApps(of: call.ownDevice()))]
                }
            ),
            (
                BackendProcedure.updateAppOnDevice,
                { [studio] call throws(StudioError) in
                    let key = try call.ownDevice()
                    // The other form, with ports and without a state, is not for us (app-lifecycle.md 2.10).
                    guard let state = call.object["state"], !state.isNull else { return [.null] }
                    let report = try call.decode(AppStateReport.init)
                    if report.stage == .prod {
                        try await studio.noteReport(report.state, ofApp: report.appKey, on: key)
                    }
                    return [.null]
                }
            ),
            (
                BackendProcedure.getRegistryToken,
                { call throws(StudioError) in
                    // Apps are named by image references that the device's engine can pull by itself.
                    _ = try call.caller.requireAnyDevice(ofSwarm: call.swarmKey)
                    return [""]
                }
            ),
        ]
    }
}

import DeviceProtocol
import StudioCore
import Values
import WAMP
import WAMPClient

/// Binds the studio to the router: one entry per procedure, with the rule who may call it.
struct StudioProcedures: Sendable {
    typealias Answer = @Sendable (_ args: [Value], _ caller: Caller) async throws -> [Value]

    let studio: Studio

    /// Every procedure by its name.
    var all: [(name: String, answer: Answer)] { forDevices + forOperators }

    /// The handler of one procedure: errors of the studio become the router's, nothing else gets out.
    static func handler(_ answer: @escaping Answer) -> @Sendable (Invocation) async throws -> Reply {
        { invocation in
            do {
                return Reply(try await answer(invocation.args, Caller(authID: invocation.callerAuthID)))
            } catch let error as StudioError {
                throw WAMPError(
                    .application, uri: error.code.rawValue, args: [.string(error.message)], message: error.message)
            }
        }
    }

    // MARK: What devices call

    private var forDevices: [(String, Answer)] {
        [
            (
                BackendProcedure.readDeviceMetadata,
                { [studio] args, caller in
                    let key = try Self.deviceKey(args, caller)
                    return [.object(try await studio.metadata(of: key))]
                }
            ),
            (
                BackendProcedure.updateDeviceStatus,
                { [studio] args, caller in
                    let key = try Self.deviceKey(args, caller)
                    let status = args.first?["status"]?.string.flatMap(DeviceStatus.init) ?? .connected
                    let session = LenientInteger.unsigned(args.first?["wamp_session_id"] ?? .null)
                    try await studio.noteStatus(status, of: key, session: session)
                    return [[:]]
                }
            ),
            (
                BackendProcedure.updateDeviceArchitecture,
                { [studio] args, caller in
                    let key = try Self.deviceKey(args, caller)
                    let report = args.first ?? .null
                    try await studio.noteArchitecture(
                        report["architecture"]?.string ?? "", system: report["os"]?.string ?? "",
                        version: report["agent_version"]?.string ?? "", of: key)
                    return [.null]
                }
            ),
            (
                BackendProcedure.getAppCredentialKey,
                { [studio] _, caller in
                    guard case .device(_, let key) = caller else {
                        throw StudioError(.notAllowed, "only a device may ask for its credential key")
                    }
                    return [.string(try await studio.credentialKey(of: key))]
                }
            ),
            (
                BackendProcedure.checkPrivilege,
                { args, caller in
                    _ = try Self.deviceKey(args, caller, name: "entity_key")
                    let account = LenientInteger.unsigned(args.first?["requestor_account_key"] ?? .null)
                    return [.bool(account == Accounts.owner)]
                }
            ),
            (
                BackendProcedure.getRequestedAppStates,
                { [studio] args, caller in
                    let key = try Self.deviceKey(args, caller)
                    return [.array(try await studio.requestedApps(of: key))]
                }
            ),
            (
                BackendProcedure.updateAppOnDevice,
                { [studio] args, caller in
                    let key = try Self.deviceKey(args, caller)
                    let report = args.first ?? .null
                    guard let state = report["state"]?.string.flatMap(AppState.init) else { return [.null] }
                    let app = try Self.key("app_key", in: report)
                    try await studio.noteReport(state, ofApp: app, on: key)
                    return [.null]
                }
            ),
            // Apps are named by image references that the device's engine can pull by itself: no token is needed.
            (BackendProcedure.getRegistryToken, { _, _ in [""] }),
            (
                OperatorProcedures.authenticate,
                { [studio] args, _ in
                    // The router's authenticator asks with (realm, authid, details).
                    let secret = try await studio.secret(ofAuthID: args.dropFirst().first?.string ?? "")
                    return [["secret": .string(secret), "role": "device"]]
                }
            ),
        ]
    }

    // MARK: What operators call

    private var forOperators: [(String, Answer)] {
        [
            (
                OperatorProcedures.addDevice,
                { [studio] args, caller in
                    try caller.requireOperator()
                    return [.object(try await studio.addDevice(name: Self.text("name", in: args)))]
                }
            ),
            (
                OperatorProcedures.listDevices,
                { [studio] _, caller in
                    try caller.requireOperator()
                    return [.array(try await studio.devices().map(Self.summary))]
                }
            ),
            (
                OperatorProcedures.runApp,
                { [studio] args, caller in
                    try caller.requireOperator()
                    let environment = args.first?["environment"]?.object ?? [:]
                    let form = try AppRequestForm(
                        image: Self.text("image", in: args), name: args.first?["name"]?.string,
                        environment: Dictionary(
                            environment.map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { $1 }))
                    return [Self.summary(try await studio.runApp(form, on: Self.text("device", in: args)))]
                }
            ),
            (
                OperatorProcedures.setTarget,
                { [studio] args, caller in
                    try caller.requireOperator()
                    let wish = try Self.text("target", in: args)
                    guard let target = AppState(rawValue: wish),
                        [.present, .removed, .uninstalled, .running].contains(target)
                    else { throw StudioError(.invalid, "an app cannot be asked to be “\(wish)”") }
                    let app = try await studio.setTarget(
                        target, ofApp: Self.text("app", in: args), on: Self.text("device", in: args))
                    return [Self.summary(app)]
                }
            ),
            (
                OperatorProcedures.listApps,
                { [studio] args, caller in
                    try caller.requireOperator()
                    let found = try await studio.apps(on: Self.text("device", in: args))
                    return [
                        [
                            "device": .string(found.device.name), "serial_number": .string(found.device.serialNumber),
                            "apps": .array(found.apps.map(Self.summary)),
                        ]
                    ]
                }
            ),
        ]
    }

    // MARK: Decoding and encoding

    private static func deviceKey(
        _ args: [Value], _ caller: Caller, name: String = "device_key"
    ) throws(StudioError) -> UInt64 {
        let key = try key(name, in: args.first ?? .null)
        try caller.requireDevice(key)
        return key
    }

    private static func key(_ name: String, in value: Value) throws(StudioError) -> UInt64 {
        guard let key = value[name].flatMap(LenientInteger.unsigned) else {
            throw StudioError(.invalid, "\(name) is missing or no number")
        }
        return key
    }

    private static func text(_ name: String, in args: [Value]) throws(StudioError) -> String {
        guard let text = args.first?[name]?.string, !text.isEmpty else {
            throw StudioError(.invalid, "\(name) is missing")
        }
        return text
    }

    /// Without the secret.
    private static func summary(_ device: Device) -> Value {
        [
            "key": .integer(device.key), "name": .string(device.name), "status": .string(device.status.rawValue),
            "serial_number": .string(device.serialNumber), "architecture": .string(device.architecture),
            "operating_system": .string(device.operatingSystem), "agent_version": .string(device.agentVersion),
            "last_seen": .string(device.lastSeen),
        ]
    }

    private static func summary(_ app: DesiredApp) -> Value {
        [
            "key": .integer(app.appKey), "name": .string(app.name), "state": .string(app.reported.rawValue),
            "target": .string(app.target.rawValue), "image": .string(app.image), "log": .string(app.logName),
        ]
    }
}

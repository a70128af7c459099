import DeviceProtocol
import StudioCore
import Values

/// What the command line calls.
extension StudioProcedures {
    /// Each of them asks first whether the caller is an operator.
    var forOperators: [(String, Answer)] {
        operations.map { name, answer in
            (
                name,
                { call async throws(StudioError) in
                    try call.caller.requireOperator()
                    return try await answer(call)
                }
            )
        }
    }

    private var operations: [(String, Answer)] {
        [
            (
                OperatorProcedures.addDevice,
                { [studio] call throws(StudioError) in
                    [.object(try await studio.addDevice(name: call.text("name")))]
                }
            ),
            (
                OperatorProcedures.listDevices,
                { [studio] call throws(StudioError) in
                    var devices: [Value] = []
                    for device in try await studio.devices() {
                        devices.append(Self.summary(device, sessions: await studio.sessions(of: device.key)))
                    }
                    return [.array(devices)]
                }
            ),
            (
                OperatorProcedures.logHistory,
                { [studio] call throws(StudioError) in
                    let lines = try await studio.logHistory(ofApp: call.text("app"), on: call.text("device"))
                    return [.array(lines.map(Value.string))]
                }
            ),
            (
                OperatorProcedures.runApp,
                { [studio] call throws(StudioError) in
                    let form = try AppRequestForm(
                        image: call.text("image"), name: call.optionalText("name"),
                        environment: call.texts("environment"))
                    return [Self.summary(try await studio.runApp(form, on: call.text("device")))]
                }
            ),
            (
                OperatorProcedures.setTarget,
                { [studio] call throws(StudioError) in
                    let wish = try call.text("target")
                    guard let target = AppState(rawValue: wish),
                        [.present, .removed, .uninstalled, .running].contains(target)
                    else { throw StudioError(.invalid, "an app cannot be asked to be “\(wish)”") }
                    let app = try await studio.setTarget(target, ofApp: call.text("app"), on: call.text("device"))
                    return [Self.summary(app)]
                }
            ),
            (
                OperatorProcedures.listApps,
                { [studio] call throws(StudioError) in
                    let found = try await studio.apps(on: call.text("device"))
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

    /// Without the secret. More than one session: somebody else uses this device's identity, or it just came back.
    private static func summary(_ device: Device, sessions: Int) -> Value {
        [
            "key": .integer(device.key), "name": .string(device.name), "status": .string(device.status.rawValue),
            "connected": .bool(device.status == .connected), "serial_number": .string(device.serialNumber),
            "architecture": .string(device.architecture), "operating_system": .string(device.operatingSystem),
            "agent_version": .string(device.agentVersion), "last_seen": .string(device.lastSeen),
            "sessions": .integer(UInt64(sessions)),
        ]
    }

    private static func summary(_ app: DesiredApp) -> Value {
        [
            "key": .integer(app.appKey), "name": .string(app.name), "state": .string(app.reported.rawValue),
            "target": .string(app.target.rawValue), "image": .string(app.image), "log": .string(app.logName),
        ]
    }
}

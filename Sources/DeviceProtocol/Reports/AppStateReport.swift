public import Values

/// The argument of `update_app_on_device` in its state form (app-lifecycle.md 2.10).
public struct AppStateReport: Sendable, Equatable {
    public var appKey: UInt64
    public var deviceKey: UInt64
    public var swarmKey: UInt64
    public var serialNumber: String
    public var stage: Stage
    public var state: AppState
    /// 0 in practice.
    public var deviceToAppKey: UInt64
    public var requestorAccountKey: UInt64
    public var releaseKey: UInt64
    public var requestUpdate: Bool
    public var releaseBuild: Bool
    public var updateStatus: UpdateStatus

    public init(
        appKey: UInt64, deviceKey: UInt64, swarmKey: UInt64, serialNumber: String, stage: Stage, state: AppState,
        deviceToAppKey: UInt64 = 0, requestorAccountKey: UInt64 = 0, releaseKey: UInt64 = 0,
        requestUpdate: Bool = false, releaseBuild: Bool = false, updateStatus: UpdateStatus = .none
    ) {
        self.appKey = appKey
        self.deviceKey = deviceKey
        self.swarmKey = swarmKey
        self.serialNumber = serialNumber
        self.stage = stage
        self.state = state
        self.deviceToAppKey = deviceToAppKey
        self.requestorAccountKey = requestorAccountKey
        self.releaseKey = releaseKey
        self.requestUpdate = requestUpdate
        self.releaseBuild = releaseBuild
        self.updateStatus = updateStatus
    }

    /// All keys, always.
    public var object: Object {
        [
            "app_key": .integer(appKey), "device_key": .integer(deviceKey), "swarm_key": .integer(swarmKey),
            "serial_number": .string(serialNumber), "stage": .string(stage.rawValue),
            "state": .string(state.rawValue), "device_to_app_key": .integer(deviceToAppKey),
            "requestor_account_key": .integer(requestorAccountKey), "release_key": .integer(releaseKey),
            "request_update": .bool(requestUpdate), "release_build": .bool(releaseBuild),
            "updateStatus": .string(updateStatus.rawValue),
        ]
    }

    /// Decodes what a device reported. A report without `state` is the port form and an error here.
    public init(_ object: Object) throws(PayloadError) {
        let reader = PayloadReader(object)
        func required<T>(_ key: String, _ value: T?) throws(PayloadError) -> T {
            guard let value else { throw PayloadError(object[key] == nil ? .missing : .malformed, field: key) }
            return value
        }
        self.init(
            appKey: try required("app_key", try reader.lenientNumber("app_key")),
            deviceKey: try required("device_key", try reader.lenientNumber("device_key")),
            swarmKey: try reader.lenientNumber("swarm_key") ?? 0,
            serialNumber: try reader.text("serial_number") ?? "",
            stage: try required("stage", try reader.text("stage").flatMap(Stage.init(rawValue:))),
            state: try required("state", try reader.text("state").flatMap(AppState.init(rawValue:))),
            deviceToAppKey: try reader.lenientNumber("device_to_app_key") ?? 0,
            requestorAccountKey: try reader.lenientNumber("requestor_account_key") ?? 0,
            releaseKey: try reader.lenientNumber("release_key") ?? 0,
            requestUpdate: try reader.bool("request_update") ?? false,
            releaseBuild: try reader.bool("release_build") ?? false,
            updateStatus: try reader.text("updateStatus").flatMap(UpdateStatus.init(rawValue:)) ?? .none)
    }
}

public import DeviceProtocol
import Values

extension Report {
    /// The dictionary of app-lifecycle.md 2.10 as it goes to `update_app_on_device`.
    public func payload(from device: DeviceContext) -> AppStateReport {
        AppStateReport(
            appKey: app.key, deviceKey: device.deviceKey, swarmKey: device.swarmKey,
            serialNumber: device.serialNumber, stage: app.stage, state: state,
            requestorAccountKey: requestorAccountKey, releaseKey: releaseKey, requestUpdate: requestUpdate,
            releaseBuild: releaseBuild, updateStatus: updateStatus)
    }
}

import AgentCore
import AsyncSupport
import DeviceProtocol
import Values

/// The status report: CONFIGURING and CONNECTED of the connect order, then every 30 s with statistics.
struct StatusReporter: Sendable {
    let services: LinkServices
    let sessionID: UInt64

    func report(_ status: DeviceStatus) async throws(BackendError) {
        let device = services.device.context
        let report = DeviceStatusReport(
            swarmKey: device.swarmKey, deviceKey: device.deviceKey, status: status, sessionID: sessionID,
            statistics: await services.host.statistics(), tunnelCapable: false)
        let results = try await services.backend.call(BackendProcedure.updateDeviceStatus, [.object(report.object)])
        if let url = StatusReply(results: results).platformURL { await services.identity.usePlatformURL(url) }
    }
}

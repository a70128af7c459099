import AgentCore
import AsyncSupport
import DeviceProtocol
import Logging

/// Tells the backend that the device lives; gives the session up when two reports in a row fail.
struct Heartbeat: Sendable {
    let configuration: LinkConfiguration
    let services: LinkServices
    let sessionID: UInt64

    func run() async -> String? {
        let reporter = StatusReporter(services: services, sessionID: sessionID)
        var failures = 0
        while true {
            do { try await services.time.sleep(for: configuration.heartbeatInterval) } catch { return nil }
            await services.identity.noticeChange()
            do throws(BackendError) {
                try await reporter.report(.connected)
                failures = 0
            } catch {
                failures += 1
                services.logger.warning("heartbeat failed", metadata: ["reason": "\(error)"])
                if failures >= configuration.heartbeatFailures { return "the backend does not answer" }
            }
        }
    }
}

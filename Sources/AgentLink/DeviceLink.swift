import AgentCore
import AsyncSupport
import Logging
import Values
import WAMP
import WAMPClient

/// The device's one outbound connection: joins, carries out the connect order, serves until the session ends, and comes
/// back for ever. Nothing that router or backend do ends the process (S-10).
public struct DeviceLink: Sendable {
    /// How often the identity file is looked at while the router refuses the device.
    private static let fileLook: Duration = .seconds(2)

    private let configuration: LinkConfiguration
    let services: LinkServices
    let status = LinkStatus()

    public init(configuration: LinkConfiguration, services: LinkServices) {
        self.configuration = configuration
        self.services = services
    }

    /// Runs until the task is cancelled; leaves the realm with GOODBYE then.
    public func run() async {
        defer { status.enter(.stopped, now: services.time.monotonic) }
        var schedule = ReconnectSchedule()
        let bulk = BulkMemory()
        while !Task.isCancelled {
            let began = services.time.monotonic
            status.enter(.connecting, now: began)
            let (outcome, reason) = await attempt(bulk: bulk, since: began)
            guard !Task.isCancelled else { return }
            let now = services.time.monotonic
            let pause = schedule.delay(after: outcome, at: now)
            status.enter(.waiting(until: now + pause, isRefused: outcome == .refused), reason: reason, now: now)
            guard await wait(pause, isRefused: outcome == .refused) else { return }
        }
    }

    private func attempt(
        bulk: BulkMemory, since began: Duration
    ) async -> (outcome: ReconnectSchedule.Outcome, reason: String) {
        let credentials = await services.identity.credentials()
        do {
            let reason = try await WAMPClient.withSession(
                configuration.client(for: credentials), logger: services.logger
            ) { session in
                status.enter(.joined(session: session.id), now: services.time.monotonic)
                return await LinkSession(
                    session: session, configuration: configuration, services: services, bulk: bulk
                ).run()
            }
            services.logger.warning("session ended", metadata: ["reason": "\(reason)"])
            return (.lost(after: services.time.monotonic - began), reason)
        } catch {
            let refusal = (error as? WAMPError).flatMap(Self.refusal)
            let reason = refusal ?? Self.text(error)
            services.logger.warning(
                "not connected", metadata: ["router": "\(credentials.url)", "reason": "\(reason)"])
            return (refusal == nil ? .failed : .refused, reason)
        }
    }

    /// The router's sentence when it refused the device for good reason; trying again soon would not help (8.5).
    private static func refusal(_ error: WAMPError) -> String? {
        error.isPermanentRefusal ? error.message : nil
    }

    private static func text(_ error: any Error) -> String { (error as? WAMPError)?.message ?? "\(error)" }

    /// Waits for the pause; while refused also for somebody to correct the identity file. False when cancelled.
    private func wait(_ pause: Duration, isRefused: Bool) async -> Bool {
        let end = services.time.monotonic + pause
        repeat {
            let left = end - services.time.monotonic
            guard left > .zero else { return true }
            do { try await services.time.sleep(for: isRefused ? min(left, Self.fileLook) : left) } catch {
                return false
            }
            if isRefused, await services.identity.reloadIfChanged() { return true }
        } while services.time.monotonic < end
        return true
    }
}

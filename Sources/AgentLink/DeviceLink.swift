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
    private let voice: LinkVoice

    public init(configuration: LinkConfiguration, services: LinkServices) {
        self.configuration = configuration
        self.services = services
        voice = LinkVoice(logger: services.logger, announce: services.announce)
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
                voice.settle(.refused, "the router accepts this device again")
                voice.settle(.unreachable, "the router is reached again")
                return await LinkSession(
                    session: session, configuration: configuration, services: services, bulk: bulk, voice: voice
                ).run()
            }
            services.logger.warning("session ended", metadata: ["reason": "\(reason)"])
            return (.lost(after: services.time.monotonic - began), reason)
        } catch {
            return failed(error, credentials)
        }
    }

    /// Says why there was no session.
    private func failed(
        _ error: any Error, _ credentials: LinkCredentials
    ) -> (outcome: ReconnectSchedule.Outcome, reason: String) {
        let error = error as? WAMPError ?? WAMPError(.connectionFailed, message: "\(error)")
        guard !Task.isCancelled else { return (.failed, error.message) }
        if error.isPermanentRefusal {
            voice.say(.refused, RouterRefusal.sentence(error, credentials, realm: configuration.realm))
            return (.refused, error.message)
        }
        // An address that is none will not become one before somebody corrects it.
        let isOurs = error.code == .invalidArgument
        voice.say(
            .unreachable,
            isOurs ? "not connected: the address of the router in the identity file is none" : "not connected",
            reason: error.message, isForOperator: isOurs,
            ["router": "\(credentials.url)", "reason": "\(error.message)"])
        return (isOurs ? .refused : .failed, error.message)
    }

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

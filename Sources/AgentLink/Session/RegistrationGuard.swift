import AgentAPI
import AgentCore
import AsyncSupport
import DeviceProtocol
import Logging
import WAMP
import WAMPClient

/// Takes back procedures that another session took by force (wamp-protocol.md 8.10).
///
/// Slowly: two agents with one identity would otherwise take them from each other as fast as the router can. The pause
/// doubles with each time up to 5 minutes, and begins anew after an hour in peace.
struct RegistrationGuard: Sendable {
    static let pauses = Backoff.Policy(initial: .seconds(1), maximum: .seconds(300))
    static let peace: Duration = .seconds(3600)

    let session: WAMPSession
    let services: LinkServices
    let voice: LinkVoice

    /// Runs until the session is over or has to end, and returns why.
    func run() async -> String? {
        let lost = session.lostRegistrations
        var backoff = Backoff(policy: Self.pauses)
        var last: Duration?
        for await first in lost {
            let now = services.time.monotonic
            if let last, now - last >= Self.peace { backoff.reset() }
            last = now
            voice.say(
                .takenOver,
                "another session took this device's procedures: a second agent may run with the same identity",
                ["reason": "\(first.error)"])
            do { try await services.time.sleep(for: backoff.next()) } catch { return nil }
            var procedures = [first.procedure]
            while lost.count > 0, let next = await lost.next() { procedures.append(next.procedure) }
            if let reason = await takeBack(procedures) { return reason }
        }
        return nil
    }

    /// Returns why the session has to end, if it has to: another agent holds the serial number, or the router does not
    /// answer. The next session does everything from its beginning.
    private func takeBack(_ names: [String]) async -> String? {
        let serial = services.device.context.serialNumber
        let procedures = services.api.procedures.filter { names.contains($0.uri(serial: serial)) }
        for procedure in procedures {
            do throws(WAMPError) {
                try await ProcedureBinding.register(procedure, serial: serial, api: services.api, in: session)
            } catch {
                return "the procedure \(procedure.rawValue) could not be taken back: \(error.message)"
            }
        }
        services.logger.notice("procedures were taken back", metadata: ["count": "\(procedures.count)"])
        return nil
    }
}

import AgentCore
import AsyncSupport
import DeviceProtocol
import Logging
import Values
import WAMP
import WAMPClient

/// One session of the device from WELCOME to its end.
struct LinkSession: Sendable {
    /// Attempts at a name that somebody else holds are this far apart (system.md 8.5).
    private static let presenceRetry: Duration = .seconds(1)
    /// So many: an earlier session of this device is missed by its router long before. Then it is somebody else's, and
    /// the pauses grow to half a minute.
    private static let quickRetries = 60
    private static let slowRetry: Duration = .seconds(30)

    let session: WAMPSession
    let configuration: LinkConfiguration
    let services: LinkServices
    let bulk: BulkMemory
    let voice: LinkVoice

    /// Serves until the session ends; returns why.
    func run() async -> String {
        let (end, reason) = await withTaskGroup(of: Ending.self) { group in
            group.addTask { .closed(await session.closed()) }
            group.addTask { .served(await serve()) }
            var (end, reason): (SessionEnd?, String?) = (nil, nil)
            while let ending = await group.next() {
                group.cancelAll()
                switch ending {
                case .closed(let known): end = known
                case .served(let own): reason = own
                }
            }
            return (end, reason)
        }
        services.backend.use(nil)
        await services.outbox.left()
        await services.logs.sessionLost()
        // What the session says of its end is the cause of all that ended with it; when only the waiting ended, it
        // does not know.
        if let end, end.reason != ErrorURI.canceled { return end.message.isEmpty ? end.reason : end.message }
        return reason ?? "the link was stopped"
    }

    private enum Ending: Sendable {
        case closed(SessionEnd)
        case served(String?)
    }

    /// The recorded order: presence, meta events, testament, then the connect handler, then the heartbeat.
    private func serve() async -> String? {
        do throws(WAMPError) {
            try await registerPresence()
            let meta = try await MetaEvents(session: session)
            services.backend.use(session)
            return await withTaskGroup(of: String?.self) { group in
                group.addTask { await meta.run(logs: services.logs) }
                group.addTask { await connectAndBeat(meta) }
                group.addTask {
                    await RegistrationGuard(session: session, services: services, voice: voice).run()
                }
                let reason = await group.next().flatMap { $0 }
                group.cancelAll()
                return reason
            }
        } catch {
            return error.message
        }
    }

    private func connectAndBeat(_ meta: MetaEvents) async -> String? {
        await addTestament()
        let order = ConnectOrder(
            session: session, meta: meta, configuration: configuration, services: services, bulk: bulk)
        return await withTaskGroup(of: String?.self) { group in
            let connected = Gate()
            group.addTask {
                await order.run(connected: connected) ? nil : "the device moved to another project"
            }
            group.addTask {
                guard (try? await connected.wait()) != nil else { return nil }
                return await Heartbeat(configuration: configuration, services: services, sessionID: session.id).run()
            }
            // The order ends when it is done, the heartbeat only with the session.
            let reason = await group.first { $0 != nil } ?? nil
            group.cancelAll()
            return reason
        }
    }

    /// Without take-over. Somebody else's name, or one of an earlier session that the router has not missed yet, is
    /// waited for; the reference gives up the process here.
    private func registerPresence() async throws(WAMPError) {
        let serial = services.device.context.serialNumber
        var tries = 0
        while true {
            do throws(WAMPError) {
                try await ProcedureBinding.register(
                    .wampConnectionEstablished, serial: serial, api: services.api, in: session)
                return voice.settle(.serialHeld, "this device's serial number is free again")
            } catch {
                guard error.uri == ErrorURI.procedureAlreadyExists else { throw error }
                voice.say(
                    .serialHeld,
                    "another session holds this device's serial number \(serial): a second agent may run with the same "
                        + "identity; the apps go on and this one waits")
            }
            tries += 1
            let pause = tries < Self.quickRetries ? Self.presenceRetry : Self.slowRetry
            do { try await services.time.sleep(for: pause) } catch {
                throw WAMPError(.canceled, message: "the link was stopped")
            }
        }
    }

    /// What the router publishes when this session ends, however it ends (8.5).
    private func addTestament() async {
        let device = services.device.context
        let will: Value = [
            "swarm_key": .integer(device.swarmKey), "device_key": .integer(device.deviceKey),
            "serial_number": .string(device.serialNumber), "wamp_session_id": .integer(session.id),
        ]
        do throws(BackendError) {
            _ = try await services.backend.call(
                BackendProcedure.addTestament, [.string(BackendProcedure.testamentDevice), [will], [:]])
        } catch {
            services.logger.warning("the testament was not taken", metadata: ["reason": "\(error)"])
        }
    }
}

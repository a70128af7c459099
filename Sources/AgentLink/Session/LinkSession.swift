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

    let session: WAMPSession
    let configuration: LinkConfiguration
    let services: LinkServices
    let bulk: BulkMemory

    /// Serves until the session ends; returns why.
    func run() async -> String {
        await withTaskGroup(of: String?.self) { group in
            group.addTask { await session.closed().message }
            group.addTask { await serve() }
            let reason = await group.next().flatMap { $0 } ?? "the link was stopped"
            group.cancelAll()
            services.backend.use(nil)
            await services.outbox.left()
            await services.logs.sessionLost()
            return reason
        }
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
        while true {
            do throws(WAMPError) {
                return try await ProcedureBinding.register(
                    .wampConnectionEstablished, serial: serial, api: services.api, in: session)
            } catch {
                guard error.uri == ErrorURI.procedureAlreadyExists else { throw error }
                services.logger.warning("another session holds this device's serial number")
            }
            do { try await services.time.sleep(for: Self.presenceRetry) } catch {
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

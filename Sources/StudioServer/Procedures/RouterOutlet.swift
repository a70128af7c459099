import DeviceProtocol
import Logging
import StudioCore
import Values
import WAMP
import WAMPClient

/// The studio's way out through one session with the router.
struct RouterOutlet: Studio.Outlet {
    /// The command line on the studio's own router, and on another one.
    private static let listeners: Value = [.string(RouterAccount.operatorID), .string(RouterAccount.systemID)]

    /// A device that says nothing keeps no operator waiting for ever.
    private static let answerLimit: Duration = .seconds(20)

    let session: WAMPSession
    let logger: Logger

    func request(_ payload: Object, of device: Device) async {
        let procedure = DeviceProcedure.requestAppState.uri(serial: device.serialNumber)
        do {
            _ = try await session.call(procedure, [], kwargs: payload)
        } catch {
            // A device that is away asks for its apps when it connects; nothing is lost.
            logger.info(
                "the device was not told", metadata: ["device": "\(device.name)", "reason": "\(error.message)"])
        }
    }

    /// To operators alone: what runs where is nobody else's business.
    func announce(_ change: Studio.Change) async {
        let argument: Value =
            switch change {
            case .device(let name, let status): ["device": .string(name), "status": .string(status.rawValue)]
            case .app(let device, let name, let state):
                ["device": .string(device), "app": .string(name), "state": .string(state.rawValue)]
            }
        do {
            try await session.publish(
                OperatorProcedures.changes, [argument],
                options: PublishOptions(additional: ["eligible_authid": Self.listeners]))
        } catch {
            logger.info("a change was not announced", metadata: ["reason": "\(error.message)"])
        }
    }

    /// A device holds its presence procedure as long as it is joined (system.md 8.5). A router that refuses to tell
    /// counts as "no".
    func isPresent(_ device: Device) async -> Bool? {
        let procedure = DeviceProcedure.wampConnectionEstablished.uri(serial: device.serialNumber)
        do {
            let reply = try await session.call("wamp.registration.lookup", [.string(procedure)])
            return reply.args.first.flatMap(LenientInteger.unsigned) != nil
        } catch {
            return error.code == .application ? false : nil
        }
    }

    func logHistory(_ log: String, of device: Device) async throws(StudioError) -> [String] {
        let procedure = DeviceProcedure.getAppLogHistory.uri(serial: device.serialNumber)
        do throws(WAMPError) {
            let reply = try await session.call(
                procedure, [["containerName": .string(log)]], timeout: Self.answerLimit)
            return reply.args.first?.array?.compactMap(\.string) ?? []
        } catch {
            guard error.uri != ErrorURI.noSuchProcedure else { return [] }
            throw StudioError(.unavailable, "device “\(device.name)” did not answer: \(error.message)")
        }
    }
}

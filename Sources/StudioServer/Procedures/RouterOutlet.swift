import DeviceProtocol
import Logging
import StudioCore
import Values
import WAMP
import WAMPClient

/// The studio's way out through one session with the router.
struct RouterOutlet: Studio.Outlet {
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
                options: PublishOptions(additional: ["eligible_authid": ["system"]]))
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
}

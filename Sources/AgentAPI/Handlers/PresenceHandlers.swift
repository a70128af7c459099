import AgentCore
import AsyncSupport
import DeviceProtocol
import Values

/// "Are you there?" (system.md 4.3, 8.5).
struct PresenceHandlers: Sendable {
    let device: any DeviceContextSource
    let time: any TimeSource

    func connectionEstablished() -> DeviceReply { DeviceReply(["Hello :-)"]) }

    /// The device's clock, UTC and whole seconds, and who it is.
    func handshake() -> DeviceReply {
        DeviceReply(
            keywords: [
                "utp": .string(time.wall.rfc3339UTC(fraction: false)), "id": .string(device.context.serialNumber),
            ])
    }
}

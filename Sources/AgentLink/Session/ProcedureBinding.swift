import AgentAPI
import DeviceProtocol
import Values
import WAMP
import WAMPClient

/// Ties the router's invocations to the device's procedures.
enum ProcedureBinding {
    /// Registers one procedure in a session. Presence goes without take-over: a second device with the same serial must
    /// be noticed (system.md 8.5); all others take over what an earlier session of this device left behind.
    static func register(
        _ procedure: DeviceProcedure, serial: String, api: DeviceAPI, in session: WAMPSession
    ) async throws(WAMPError) {
        let options: Object = procedure.takesOver ? ["force_reregister": true] : [:]
        _ = try await session.register(procedure.uri(serial: serial), options: options) { invocation in
            do throws(CallFailure) {
                let reply = try await api.handle(call(procedure, invocation))
                return Reply(reply.arguments, kwargs: reply.keywords)
            } catch {
                throw WAMPError(
                    .application, uri: CallFailure.uri, args: error.arguments, message: error.message)
            }
        }
    }

    /// The call as the device's procedures see it. One that claims to come by way of another router comes from nobody:
    /// routers disclose what the option `forward_for` says, any name and any role (decision 6).
    static func call(_ procedure: DeviceProcedure, _ invocation: Invocation) -> DeviceCall {
        let isForwarded = invocation.details["forward_for"] != nil
        return DeviceCall(
            procedure: procedure.rawValue, arguments: invocation.args, keywords: invocation.kwargs,
            callerAuthID: isForwarded ? nil : invocation.callerAuthID)
    }
}

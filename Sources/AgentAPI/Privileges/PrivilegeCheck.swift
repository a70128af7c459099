import AgentCore
import DeviceProtocol
import Values

/// Asks the backend what an account may do on this device (system.md 8.5).
struct PrivilegeCheck: Sendable {
    let device: any DeviceContextSource
    let backend: any Backend

    /// Returns when the caller may; a check that could not be made is not worded as a denial.
    func require(_ privilege: Privilege, of caller: Caller, to procedure: String) async throws(CallFailure) {
        guard case .account(let account) = caller else { return }
        let context = device.context
        let question = PrivilegeQuestion(
            privilege: privilege, deviceKey: context.deviceKey, swarmKey: context.swarmKey, accountKey: account)
        let isAllowed: Bool
        do {
            let results = try await backend.call(BackendProcedure.checkPrivilege, [.object(question.object)])
            isAllowed = try PrivilegeQuestion.answer(results)
        } catch {
            throw CallFailure("the privilege check could not be made: \(error)")
        }
        guard isAllowed else { throw CallFailure("insufficient privileges to call \(procedure)") }
    }
}

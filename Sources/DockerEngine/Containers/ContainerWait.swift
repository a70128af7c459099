import NIOHTTP1
import Values

/// What ``DockerClient/waitForContainer(_:until:deadline:)`` waits for.
public enum WaitCondition: String, Sendable {
    case notRunning = "not-running"
    case nextExit = "next-exit"
    case removed
}

extension DockerClient {
    /// Waits until the condition holds and returns the exit code.
    ///
    /// Waiting for `removed` of a container that is gone already is a success, with nil (C16). The engine sends its
    /// head at once and the body when the condition holds (1.3.2).
    @discardableResult
    public func waitForContainer(
        _ id: String, until condition: WaitCondition, deadline: Duration
    ) async throws(DockerError) -> Int64? {
        let request = EngineRequest(.POST, "\(Self.path(id))/wait", query: [("condition", condition.rawValue)])
        let answer: EngineAnswer
        do {
            answer = try await longCall(request, deadline: deadline)
        } catch {
            if condition == .removed, error.code == .containerNotFound { return nil }
            throw error
        }
        let result = try answer.jsonObject()
        if let message = result["Error"]?["Message"]?.string, !message.isEmpty {
            throw DockerError(streamMessage: message)
        }
        guard case .int(let code) = result["StatusCode"] else {
            throw DockerError(.malformed, "the engine ended a wait without an exit code")
        }
        return code
    }
}

import AgentCore
import DeviceProtocol
import Values

/// Requests for apps and what apps said.
struct AppHandlers: Sendable {
    let apps: any AppRequests
    let logs: any LogHistory

    /// Answers as soon as the request is stored (app-lifecycle.md 1.3).
    func requestState(_ call: DeviceCall) async throws -> DeviceReply {
        try await apps.request(try AppRequest(keywords: call.keywords))
        return .empty
    }

    /// One argument, always a list: viewers iterate it (containers-logs-terminal.md 3.10).
    func logHistory(_ call: DeviceCall) async throws -> DeviceReply {
        let arguments = try PositionalArguments(call)
        let lines = try await logs.history(of: try arguments.text("containerName"))
        return DeviceReply([.array(lines.map(Value.string))])
    }
}

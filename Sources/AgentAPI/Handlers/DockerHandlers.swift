import AgentCore
import DeviceProtocol
import Values

/// What the engine has (containers-logs-terminal.md 5.1, 5.2).
struct DockerHandlers: Sendable {
    let engine: any EngineFeed

    /// One argument: the engine's summaries with its own keys, unknown ones included.
    func listContainers() async throws -> DeviceReply {
        DeviceReply([.array(try await engine.containerSummaries())])
    }

    /// One argument per image.
    func images() async throws -> DeviceReply {
        DeviceReply(try await engine.imageSummaries().compactMap(ImageDescription.value))
    }
}

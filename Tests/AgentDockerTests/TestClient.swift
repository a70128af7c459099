import AgentCore
import DockerEngine
import DockerTestKit
import Logging

/// Runs `body` with a fake engine and a real client of it.
func withFakeEngine<R: Sendable>(
    _ body: (FakeDockerEngine, DockerClient) async throws -> R
) async throws -> R {
    try await FakeDockerEngine.withEngine { engine in
        let endpoint = DockerEndpoint(address: .unix(path: engine.socketPath))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        // All suites start at once: a fake engine on a busy machine may take longer than the 2 s of a real ping.
        var limits = DockerClient.Limits()
        limits.ping = .seconds(30)
        return try await DockerClient.withClient(endpoint: endpoint, limits: limits, logger: logger) { client in
            try await body(engine, client)
        }
    }
}

/// The error that a port's call ends with; nil when it succeeds.
func engineError(_ body: () async throws -> Void) async -> EngineError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? EngineError
    }
}

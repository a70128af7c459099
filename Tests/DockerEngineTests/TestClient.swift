import AsyncSupport
import DockerEngine
import DockerTestKit
import Logging

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension DockerClient.Limits {
    /// All suites start at once: a fake engine on a busy machine may take longer than the 2 s of a real ping.
    static let patient: Self = {
        var limits = Self()
        limits.ping = .seconds(30)
        return limits
    }()
}

/// Runs `body` with a fake engine and a real client of it.
func withFakeEngine<R: Sendable>(
    limits: DockerClient.Limits = .patient, fixedVersion: APIVersion? = nil, time: any TimeSource = SystemTime(),
    _ body: (FakeDockerEngine, DockerClient) async throws -> R
) async throws -> R {
    try await FakeDockerEngine.withEngine { engine in
        let endpoint = DockerEndpoint(address: .unix(path: engine.socketPath), fixedVersion: fixedVersion)
        return try await DockerClient.withClient(
            endpoint: endpoint, limits: limits, logger: .silent, time: time
        ) { client in try await body(engine, client) }
    }
}

/// The error that a call of the engine ends with; nil when it succeeds.
func dockerError(_ body: () async throws -> Void) async -> DockerError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? DockerError
    }
}

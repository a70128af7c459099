import NIOHTTP1
public import Values

/// The engine itself (1.2 #2).
extension DockerClient {
    /// `/info`, with the data root and the runtimes.
    public func info() async throws(DockerError) -> Object {
        try await call(EngineRequest(.GET, "/info"), deadline: limits.info).jsonObject()
    }

    /// `/version`.
    public func version() async throws(DockerError) -> Object {
        try await call(EngineRequest(.GET, "/version"), deadline: limits.info).jsonObject()
    }
}

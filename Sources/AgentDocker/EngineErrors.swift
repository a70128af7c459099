import AgentCore
import DockerEngine

extension EngineError {
    /// The one translation of the engine's errors into the domain's.
    init(_ error: DockerError) {
        let code: Code =
            switch error.code {
            case .containerNotFound: .containerNotFound
            case .imageNotFound: .imageNotFound
            case .nameInUse: .nameInUse
            case .removalInProgress: .removalInProgress
            case .portConflict(let port): .portConflict(port)
            case .imageInUse, .conflict: .conflict
            case .notRunning: .notRunning
            case .gpuUnavailable: .gpuUnavailable
            case .unauthorized: .unauthorized
            case .forbidden: .forbidden
            case .registryUnreachable: .registryUnreachable
            case .noSpace: .noSpace
            case .logsNotReadable: .logsNotReadable
            case .truncated: .truncated
            case .unavailable: .unavailable
            case .timedOut: .timedOut
            case .canceled: .canceled
            case .notFound, .versionRefused, .malformed, .refused: .refused
            }
        self.init(code, error.message)
    }

    /// Runs a call of the engine and translates what it throws.
    static func translating<R>(
        _ body: () async throws(DockerError) -> R
    ) async throws(EngineError) -> R {
        do {
            return try await body()
        } catch {
            throw EngineError(error)
        }
    }
}

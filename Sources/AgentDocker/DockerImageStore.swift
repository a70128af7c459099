public import AgentCore
public import DockerEngine
import Values

/// The images of a Docker engine, as the domain wants them.
public struct DockerImageStore: ImageStore {
    private let client: DockerClient

    public init(client: DockerClient) {
        self.client = client
    }

    public func contains(_ reference: String) async throws(EngineError) -> Bool {
        do {
            _ = try await client.inspectImage(reference)
            return true
        } catch  where error.code == .imageNotFound {
            return false
        } catch {
            throw EngineError(error)
        }
    }

    public func pull(
        _ reference: String, credentials: RegistryCredentials?, onAccepted: @Sendable () async -> Void,
        onLine: @Sendable (String) async -> Void
    ) async throws(EngineError) {
        try await EngineError.translating { () async throws(DockerError) in
            let authentication = credentials.map {
                RegistryAuthentication(username: $0.user, password: $0.password, serverAddress: $0.server)
            }
            try await client.pullImage(
                try ImageReference(reference), authentication: authentication, onAccepted: onAccepted
            ) { progress in
                // What was read as JSON can be written again; an empty line would be no progress.
                guard let line = try? JSON.text(.object(progress)) else { return }
                await onLine(line)
            }
        }
    }

    public func tags(of repository: String) async throws(EngineError) -> [String] {
        let images = try await EngineError.translating { () async throws(DockerError) in
            try await client.listImages(reference: repository)
        }
        return images.flatMap(\.tags)
    }

    public func removeTag(_ reference: String) async throws(EngineError) {
        do {
            // By tag, never by id: an id takes all tags of the image with it (C-3).
            try await client.removeImage(reference)
        } catch  where error.code == .imageNotFound {
            // Gone already.
        } catch {
            throw EngineError(error)
        }
    }
}

public import AgentCore
public import AsyncSupport
public import DockerEngine

/// The containers of a Docker engine, as the domain wants them.
public struct DockerContainerEngine: ContainerEngine {
    /// How long a removal may take until the container is gone (1.6).
    static let removalLimit = Duration.seconds(30)
    /// Between two looks at a container that another caller removes.
    static let removalPoll = Duration.milliseconds(100)

    private let client: DockerClient
    private let time: any TimeSource

    public init(client: DockerClient, time: any TimeSource = SystemTime()) {
        self.client = client
        self.time = time
    }

    public func inspect(_ name: String) async throws(EngineError) -> ContainerSnapshot? {
        let details: ContainerDetails
        do {
            details = try await client.inspectContainer(name)
        } catch  where error.code == .containerNotFound {
            return nil
        } catch {
            throw EngineError(error)
        }
        // The engine also takes the beginning of an id for a name (C-2).
        return details.name == name ? ContainerSnapshot(details) : nil
    }

    public func list() async throws(EngineError) -> [ContainerSnapshot] {
        let entries = try await EngineError.translating { () async throws(DockerError) in
            try await client.listContainers()
        }
        return entries.compactMap { entry in ContainerSnapshot(entry) }
    }

    public func containers(ofProject name: String) async throws(EngineError) -> [ContainerSnapshot] {
        let entries = try await EngineError.translating { () async throws(DockerError) in
            try await client.listContainers(filters: [("label", ["\(ComposeLabels.project)=\(name)"])])
        }
        return entries.compactMap { entry in ContainerSnapshot(entry) }
    }

    public func create(_ specification: ContainerSpecification) async throws(EngineError) -> String {
        try await EngineError.translating { () async throws(DockerError) in
            try await client.createContainer(
                name: specification.name, body: ContainerBody.body(for: specification))
        }
    }

    public func start(_ id: String) async throws(EngineError) {
        try await EngineError.translating { () async throws(DockerError) in try await client.startContainer(id) }
    }

    public func stop(_ id: String, grace: Duration?) async throws(EngineError) {
        do {
            try await client.stopContainer(id, grace: grace)
        } catch  where error.code == .containerNotFound {
            // Gone is as good as down (P47).
        } catch {
            throw EngineError(error)
        }
    }

    public func remove(_ id: String) async throws(EngineError) {
        do {
            try await client.removeContainer(id, force: true)
            return
        } catch  where error.code == .containerNotFound {
            return
        } catch  where error.code == .removalInProgress {
            // Somebody else removes it: wait below.
        } catch {
            throw EngineError(error)
        }
        try await waitUntilGone(id)
    }

    /// A plain loop with an end (C-14). `wait` for `removed` is no help here: it misses a removal that is about to end.
    private func waitUntilGone(_ id: String) async throws(EngineError) {
        let start = time.monotonic
        while time.monotonic - start < Self.removalLimit {
            do {
                _ = try await client.inspectContainer(id)
            } catch  where error.code == .containerNotFound {
                return
            } catch {
                throw EngineError(error)
            }
            do {
                try await time.sleep(for: Self.removalPoll)
            } catch {
                throw EngineError(.canceled, "waiting for the removal of a container was canceled")
            }
        }
        throw EngineError(.timedOut, "the container is still there \(Self.removalLimit) after its removal began")
    }
}

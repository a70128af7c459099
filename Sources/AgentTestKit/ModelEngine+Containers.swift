public import AgentCore
import Synchronization

extension ModelEngine: ContainerEngine {
    public func inspect(_ name: String) async throws(EngineError) -> ContainerSnapshot? {
        try await enter(.inspect, name)
        return state.withLock { $0.containers[name] }
    }

    public func list() async throws(EngineError) -> [ContainerSnapshot] {
        try await enter(.list)
        return state.withLock { $0.containers.values.sorted { $0.name < $1.name } }
    }

    public func containers(ofProject name: String) async throws(EngineError) -> [ContainerSnapshot] {
        try await enter(.list, name)
        return state.withLock { state in
            state.containers.values.filter { $0.project == name }.sorted { $0.name < $1.name }
        }
    }

    public func create(_ specification: ContainerSpecification) async throws(EngineError) -> String {
        try await enter(.create, specification.name)
        let result: Result<String, EngineError> = state.withLock { state in
            guard state.containers[specification.name] == nil else {
                return .failure(EngineError(.nameInUse, "the name \(specification.name) is in use"))
            }
            guard state.images.contains(specification.image) else {
                return .failure(EngineError(.imageNotFound, "no such image: \(specification.image)"))
            }
            state.nextID += 1
            let container = ContainerSnapshot(
                id: "c\(state.nextID)", name: specification.name, status: .created, image: specification.image,
                labels: specification.labels, bindings: specification.bindings, networkMode: "bridge",
                isPrivileged: specification.privileges == nil)
            state.containers[specification.name] = container
            state.specifications.append(specification)
            Self.publish("create", container, in: state)
            return .success(container.id)
        }
        return try result.get()
    }

    public func start(_ id: String) async throws(EngineError) {
        try await enter(.start, id)
        try change(id, event: "start") { container, state in
            let code = state.exitCodes[container.name]
            container.status = code == nil ? .running : .exited
            container.exitCode = code
        }
    }

    public func stop(_ id: String, grace: Duration?) async throws(EngineError) {
        try await enter(.stop, id)
        try? change(id, event: "die") { container, _ in
            container.status = .exited
            container.exitCode = 0
        }
    }

    public func remove(_ id: String) async throws(EngineError) {
        try await enter(.remove, id)
        state.withLock { state in
            guard let container = state.containers.values.first(where: { $0.id == id }) else { return }
            state.containers[container.name] = nil
            Self.publish("destroy", container, in: state)
        }
    }

    private func change(
        _ id: String, event: String, _ change: (inout ContainerSnapshot, State) -> Void
    ) throws(EngineError) {
        let isThere = state.withLock { state in
            guard var container = state.containers.values.first(where: { $0.id == id }) else { return false }
            change(&container, state)
            state.containers[container.name] = container
            Self.publish(event, container, in: state)
            return true
        }
        if !isThere { throw EngineError(.containerNotFound, "no such container: \(id)") }
    }
}

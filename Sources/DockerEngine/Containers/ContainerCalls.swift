import Logging
import NIOHTTP1
public import Values

/// Containers (1.2 #3 to #15). Names and ids are interchangeable in the engine's paths.
extension DockerClient {
    /// All containers as the engine describes them. `filters` as in 1.3.4: key and values.
    public func containerDocuments(
        all: Bool = true, filters: [(key: String, values: [String])] = []
    ) async throws(DockerError) -> [Value] {
        var query: [(name: String, value: String)] = []
        if all { query.append(("all", "1")) }
        if !filters.isEmpty { query.append(("filters", try JSON.filters(filters))) }
        return try await call(EngineRequest(.GET, "/containers/json", query: query)).jsonArray()
    }

    /// The same, read; an entry that cannot be understood is left out (C-4).
    public func listContainers(
        all: Bool = true, filters: [(key: String, values: [String])] = []
    ) async throws(DockerError) -> [ContainerSummary] {
        try await containerDocuments(all: all, filters: filters).compactMap(ContainerSummary.init)
    }

    /// Everything about one container; `containerNotFound` when there is none.
    public func inspectContainer(
        _ id: String, deadline: Duration = .seconds(10)
    ) async throws(DockerError) -> ContainerDetails {
        let answer = try await call(EngineRequest(.GET, "\(Self.path(id))/json"), deadline: deadline)
        return try ContainerDetails(answer.jsonObject())
    }

    /// Creates a container of that name from the engine's own body (1.3.1); returns its id.
    public func createContainer(name: String, body: Object) async throws(DockerError) -> String {
        let request = EngineRequest(
            .POST, "/containers/create", query: [("name", name)], body: try JSON.body(.object(body)))
        let created = try await call(request).jsonObject()
        for warning in created["Warnings"]?.array ?? [] {
            logger.debug(
                "The engine warned about a new container",
                metadata: [
                    "docker.container": "\(name)", "warning": "\(warning.string ?? "")",
                ])
        }
        guard let id = created["Id"]?.string else {
            throw DockerError(.malformed, "the engine created a container without an id")
        }
        return id
    }

    /// Starts it; one that runs already is a success (304).
    public func startContainer(_ id: String) async throws(DockerError) {
        try await call(EngineRequest(.POST, "\(Self.path(id))/start"))
    }

    /// Stops it and returns when it is down; one that is down already is a success (304).
    ///
    /// `grace` is rounded up to whole seconds, so that a short one is no immediate kill (1.3.2). Nil sends none: the
    /// container's own time counts, or the engine's 10 s.
    public func stopContainer(_ id: String, grace: Duration? = nil) async throws(DockerError) {
        var query: [(name: String, value: String)] = []
        if let grace {
            let parts = grace.components
            query.append(("t", "\(max(0, parts.seconds + (parts.attoseconds > 0 ? 1 : 0)))"))
        }
        // An image may ask for more than the engine's 10 s; what takes longer than this is hung.
        let deadline = limits.call + (grace ?? .seconds(60))
        _ = try await longCall(EngineRequest(.POST, "\(Self.path(id))/stop", query: query), deadline: deadline)
    }

    /// Sends it a signal, by name or number.
    public func killContainer(_ id: String, signal: String = "KILL") async throws(DockerError) {
        try await call(EngineRequest(.POST, "\(Self.path(id))/kill", query: [("signal", signal)]))
    }

    /// Restarts it; `grace` as for ``stopContainer(_:grace:)``.
    public func restartContainer(_ id: String, grace: Duration = .seconds(1)) async throws(DockerError) {
        let seconds = max(0, grace.components.seconds)
        let request = EngineRequest(.POST, "\(Self.path(id))/restart", query: [("t", "\(seconds)")])
        _ = try await longCall(request, deadline: limits.call + grace)
    }

    /// Removes it, by force if it runs, with its anonymous volumes if asked.
    public func removeContainer(
        _ id: String, force: Bool = true, volumes: Bool = false
    ) async throws(DockerError) {
        var query: [(name: String, value: String)] = []
        if force { query.append(("force", "1")) }
        if volumes { query.append(("v", "1")) }
        try await call(EngineRequest(.DELETE, Self.path(id), query: query))
    }

    static func path(_ id: String) -> String { "/containers/\(PercentEncoding.encode(id))" }
}

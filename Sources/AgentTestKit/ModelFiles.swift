public import AgentCore
import DeviceProtocol
import Synchronization

/// Directories of apps in memory.
public final class ModelFiles: AppFiles {
    private struct State {
        var environments: [AppID: [EnvironmentVariable]] = [:]
        var directories: Set<AppID> = []
        var credentials: [AppCredential] = []
        var projects: [AppID: (document: String, environment: String)] = [:]
        var portFiles: [AppID: [String: String]] = [:]
        var errors: [StoreError] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Apps that have data.
    public var directories: Set<AppID> { state.withLock { $0.directories } }

    public var environments: [AppID: [EnvironmentVariable]] { state.withLock { $0.environments } }

    /// Credentials that were refreshed, in order.
    public var credentials: [AppCredential] { state.withLock { $0.credentials } }

    /// Lets the next calls fail, one error each.
    public func inject(_ error: StoreError) { state.withLock { $0.errors.append(error) } }

    public func prepare(_ id: AppID, name: String) async throws(StoreError) -> AppDirectories {
        try change { _ = $0.directories.insert(id) }
        return AppDirectories(data: "/apps/\(id.stage.lowercased)/\(name.lowercased())", shared: "/apps/shared")
    }

    public func writeEnvironment(
        _ variables: [EnvironmentVariable], of id: AppID, name: String
    ) async throws(StoreError) {
        try change { $0.environments[id] = variables }
    }

    public func refreshCredential(_ credential: AppCredential, of id: AppID, name: String) async throws(StoreError) {
        try change { $0.credentials.append(credential) }
    }

    public func deleteData(of id: AppID, name: String) async throws(StoreError) {
        try change {
            $0.directories.remove(id)
            $0.environments[id] = nil
        }
    }

    /// Generated compose projects.
    public func project(_ id: AppID) -> (document: String, environment: String)? {
        state.withLock { $0.projects[id] }
    }

    /// Files of port variables, by name.
    public func portFiles(_ id: AppID) -> [String: String] { state.withLock { $0.portFiles[id] ?? [:] } }

    public func refreshPortFiles(
        _ files: [String: String?], of id: AppID, name: String, creating: Bool
    ) async throws(StoreError) {
        try change { state in
            guard creating || state.directories.contains(id) else { return }
            for (file, text) in files { state.portFiles[id, default: [:]][file] = text }
        }
    }

    public func writeProject(
        document: String, environment: String, of id: AppID, name: String
    ) async throws(StoreError) -> String {
        try change { $0.projects[id] = (document, environment) }
        return "/apps/\(id.stage == .dev ? "build" : "compose")/\(name)/docker-compose.json"
    }

    public func deleteProject(of id: AppID, name: String) async throws(StoreError) {
        try change { $0.projects[id] = nil }
    }

    private func change(_ body: (inout State) -> Void) throws(StoreError) {
        let error: StoreError? = state.withLock { state in
            guard state.errors.isEmpty else { return state.errors.removeFirst() }
            body(&state)
            return nil
        }
        if let error { throw error }
    }
}

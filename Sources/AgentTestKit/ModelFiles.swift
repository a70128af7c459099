public import AgentCore
import DeviceProtocol
import Synchronization

/// Directories of apps in memory.
public final class ModelFiles: AppFiles {
    private struct State {
        var environments: [AppID: [EnvironmentVariable]] = [:]
        var directories: Set<AppID> = []
        var credentials: [AppCredential] = []
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

    private func change(_ body: (inout State) -> Void) throws(StoreError) {
        let error: StoreError? = state.withLock { state in
            guard state.errors.isEmpty else { return state.errors.removeFirst() }
            body(&state)
            return nil
        }
        if let error { throw error }
    }
}

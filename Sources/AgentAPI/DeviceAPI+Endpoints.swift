import AgentCore
import AsyncSupport
import DeviceProtocol
import Values

extension DeviceAPI {
    /// The table: procedure, privilege (containers-logs-terminal.md 0, system.md 4.3 and 9.7), handler.
    static func endpoints(_ services: Services) -> [DeviceProcedure: Endpoint] {
        func read(_ handler: @escaping Handler) -> Endpoint { Endpoint(access: .privileged(.read), handler: handler) }
        func open(_ handler: @escaping Handler) -> Endpoint { Endpoint(access: .open, handler: handler) }
        let presence = PresenceHandlers(device: services.device, time: services.time)
        let docker = DockerHandlers(engine: services.engine)
        let system = SystemHandlers(
            device: services.device, host: services.host, version: services.version,
            isTunnelCapable: services.isTunnelCapable)
        let apps = AppHandlers(apps: services.apps, logs: services.logs)
        return [
            .wampConnectionEstablished: open { _ in presence.connectionEstablished() },
            .deviceHandshake: open { _ in presence.handshake() },
            .requestAppState: Endpoint(access: .byStage) { try await apps.requestState($0) },
            .getAppLogHistory: read { try await apps.logHistory($0) },
            .listContainers: read { _ in try await docker.listContainers() },
            .getImages: read { _ in try await docker.images() },
            .getAgentMetadata: read { _ in await system.agentMetadata() },
            .getStorageData: read { _ in await system.storageData() },
            .getIPv4Addresses: read { _ in await system.ipv4Addresses() },
            .getNetworkMetadata: read { _ in await system.networkMetadata() },
        ]
    }
}

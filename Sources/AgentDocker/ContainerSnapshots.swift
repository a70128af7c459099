import AgentCore
import DockerEngine

extension ContainerSnapshot {
    /// From an inspection.
    init(_ details: ContainerDetails) {
        // A state that this agent does not know must not look like a missing container: it counts as dead.
        let status = Status(rawValue: details.state.status) ?? .dead
        let hasExited = status == .exited || status == .dead
        self.init(
            id: details.id, name: details.name, status: status,
            exitCode: hasExited ? details.state.exitCode : nil, error: details.state.error,
            image: details.image, labels: details.labels, hasTTY: details.hasTTY,
            startedAt: details.state.startedAt, health: details.health.flatMap(Health.init),
            bindings: details.bindings.compactMap(PortBinding.init), networkMode: details.networkMode,
            isPrivileged: details.isPrivileged)
    }

    /// From a list; nil when the entry lacks a name or a state (C-4).
    init?(_ summary: ContainerSummary) {
        guard let name = summary.names.first(where: { !$0.contains("/") }) ?? summary.names.first,
            !summary.state.isEmpty
        else { return nil }
        let status = Status(rawValue: summary.state) ?? .dead
        self.init(
            id: summary.id, name: name, status: status, exitCode: summary.exitCode, image: summary.image,
            labels: summary.labels, health: summary.health.flatMap(Health.init),
            bindings: summary.bindings.compactMap(PortBinding.init))
    }
}

extension PortBinding {
    /// Nil for what carries neither tcp nor udp.
    init?(_ binding: HostPortBinding) {
        guard let transport = PortTransport(rawValue: binding.transport) else { return nil }
        self.init(
            container: binding.container, transport: transport, host: binding.host, address: binding.address)
    }
}

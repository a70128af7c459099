import AsyncSupport
import DeviceProtocol
import Logging
import Values

/// Host ports and tunnels of an app (app-lifecycle.md 3.6, 3.7).
extension StepExecutor {
    /// Longest wait for the backend to take a list of ports (2.10).
    private static let reportLimit: Duration = .seconds(5)

    /// Decides which host ports the app's container gets.
    func assignPorts(
        of app: InstalledApp, _ wanted: WantedApp, existing: [PortBinding]
    ) async throws(StepError) -> [PortBinding] {
        let rules = PortRules(wanted.ports).rules
        let bindings: [PortBinding]
        do throws(HostPortError) {
            bindings = try await ports.hostPorts.bindings(of: app.id, rules, existing: existing)
        } catch {
            throw .failed(Failure("the app's ports cannot be published: \(error)"))
        }
        for binding in bindings where app.id.stage == .dev && binding.host != binding.container {
            await ports.logs.write(AgentLines.otherPort(app, binding), to: AppNames(app).log)
        }
        return bindings
    }

    /// Gives the app another port in place of one that somebody else has; false if it was none of the app's.
    func reassign(_ port: UInt16, of app: AppID) async throws(HostPortError) -> Bool {
        try await ports.hostPorts.reassign(port, of: app)
    }

    func portVariables(of app: InstalledApp, _ wanted: WantedApp) async -> PortVariables {
        let rules = PortRules(wanted.ports)
        guard !rules.entries.isEmpty else { return PortVariables() }
        let live = await liveTunnels(of: rules, app)
        return PortVariables(
            app.id, rules.rules, assigned: await ports.hostPorts.assignments(of: app.id),
            tunnels: remotePorts(rules, app, live))
    }

    /// Brings tunnels, the backend's list and the files of ports to what is there. What fails is tried again with the next
    /// request or connect; no app waits for it (P39).
    func syncPorts(of app: InstalledApp, _ wanted: WantedApp, container: ContainerSnapshot?) async {
        let rules = PortRules(wanted.ports)
        if rules.hasUnreadable {
            ports.logger.warning("a rule for ports is not understood and left as it is", metadata: ["app": "\(app.id)"])
        }
        await ports.hostPorts.adopt(container?.bindings ?? [], rules.rules, of: app.id)
        let hasTunnels = await ports.tunnels.isAvailable()
        var facts = PortSync.Facts(
            app: app, deviceKey: ports.device.context.deviceKey, rules: rules,
            assigned: await ports.hostPorts.assignments(of: app.id), container: container,
            isWanted: wanted.target == .running || app.state == .running, hasTunnels: hasTunnels,
            tunnels: await liveTunnels(of: rules, app))
        for change in PortSync.changes(facts) {
            switch change {
            case .remove(let id): await ports.tunnels.remove(id)
            case .add(let wish): _ = await ports.tunnels.add(wish)
            }
        }
        facts.tunnels = await liveTunnels(of: rules, app)
        let result = PortSync.rules(facts)
        await report(result, of: app)
        await refreshFiles(result.rules, app, facts.tunnels)
        if hasTunnels { await ports.tunnels.publishStates() }
    }

    /// The tunnels first, the host ports last: nobody else's app may ever be behind this one's address (P33).
    func releasePorts(of app: InstalledApp, _ wanted: WantedApp?, forGood: Bool) async {
        let rules = PortRules(wanted?.ports ?? .null)
        if await ports.tunnels.isAvailable() {
            for id in PortSync.tunnelIDs(rules, app, deviceKey: ports.device.context.deviceKey) {
                await ports.tunnels.remove(id)
            }
        }
        if forGood { await ports.hostPorts.release(app.id) }
    }

    // MARK: - Parts

    private func liveTunnels(of rules: PortRules, _ app: InstalledApp) async -> [String: Tunnel] {
        var tunnels: [String: Tunnel] = [:]
        for id in PortSync.tunnelIDs(rules, app, deviceKey: ports.device.context.deviceKey) {
            tunnels[id] = await ports.tunnels.tunnel(id)
        }
        return tunnels
    }

    /// The remote ports of live tunnels, by rule.
    private func remotePorts(_ rules: PortRules, _ app: InstalledApp, _ live: [String: Tunnel]) -> [String: UInt64] {
        var remote: [String: UInt64] = [:]
        for rule in rules.rules {
            let id = PortSync.tunnelID(rule, app, ports.device.context.deviceKey)
            remote[rule.tunnelKey] = live[id]?.remotePort
        }
        return remote
    }

    private func report(_ rules: PortRules, of app: InstalledApp) async {
        let device = ports.device.context
        let report: Object = [
            "app_key": .integer(app.id.key), "device_key": .integer(device.deviceKey),
            "swarm_key": .integer(device.swarmKey), "stage": .string(app.id.stage.rawValue), "ports": rules.value,
        ]
        let backend = ports.backend
        _ = try? await withDeadline(Self.reportLimit, on: ports.time) {
            _ = try await backend.call(BackendProcedure.updateAppOnDevice, [.object(report)])
        }
    }

    private func refreshFiles(_ rules: [PortRule], _ app: InstalledApp, _ live: [String: Tunnel]) async {
        let files = PortVariables.files(rules, tunnels: remotePorts(PortRules(rules), app, live))
        do throws(StoreError) {
            try await ports.files.refreshPortFiles(
                files, of: app.id, name: app.name, creating: files.contains { $0.value != nil })
        } catch {
            ports.logger.warning("files of ports not written", metadata: ["app": "\(app.id)", "error": "\(error)"])
        }
    }
}

extension PortRules {
    fileprivate init(_ rules: [PortRule]) {
        self.init(.array(rules.map { .object($0.object) }))
    }
}

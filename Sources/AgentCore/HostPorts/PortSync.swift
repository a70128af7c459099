import DeviceProtocol
import Values

/// What the rules of a PROD app ask of tunnels and of the backend, as a pure function (app-lifecycle.md 3.7).
struct PortSync: Equatable {
    /// What is known of one app when its ports are looked at.
    struct Facts {
        var app: InstalledApp
        var deviceKey: UInt64
        var rules: PortRules
        /// The host ports on record.
        var assigned: [HostPortKey: UInt16]
        var container: ContainerSnapshot?
        /// The app runs, or is to run.
        var isWanted: Bool
        var hasTunnels: Bool
        /// The live tunnels, by id.
        var tunnels: [String: Tunnel]
    }

    enum Change: Equatable {
        case remove(String)
        case add(TunnelWish)
    }

    /// The ids of all tunnels that the rules are about.
    static func tunnelIDs(_ rules: PortRules, _ app: InstalledApp, deviceKey: UInt64) -> [String] {
        rules.rules.map { tunnelID($0, app, deviceKey) }
    }

    /// What has to happen to tunnels, in the order of the rules. An app that neither runs nor is to run loses its tunnels:
    /// its port may become somebody else's (P33).
    static func changes(_ facts: Facts) -> [Change] {
        guard facts.hasTunnels else { return [] }
        var changes: [Change] = []
        for rule in facts.rules.rules {
            let id = tunnelID(rule, facts.app, facts.deviceKey)
            let live = facts.tunnels[id]
            guard rule.isActive, facts.isWanted else {
                if live != nil || !rule.isActive { changes.append(.remove(id)) }
                continue
            }
            guard let port = dialPort(rule, facts), live?.localPort != port else { continue }
            if live != nil { changes.append(.remove(id)) }
            changes.append(
                .add(
                    TunnelWish(
                        id: id, subdomain: subdomain(rule, facts.app, facts.deviceKey),
                        protocolName: rule.protocolName, localIP: rule.localIP, localPort: port,
                        remotePort: rule.remotePort)))
        }
        return changes
    }

    /// The list as it goes upstream: what this device decides replaced, everything else as received (P45).
    static func rules(_ facts: Facts) -> PortRules {
        var rules = facts.rules
        rules.entries = rules.entries.map { entry in
            guard case .rule(var rule) = entry else { return entry }
            if let tunnel = facts.tunnels[tunnelID(rule, facts.app, facts.deviceKey)], tunnel.remotePort != 0 {
                rule.setRemotePort(tunnel.remotePort)
            }
            if rule.localIP.isEmpty, let port = dialPort(rule, facts) { rule.setHostPort(port) }
            return .rule(rule)
        }
        return rules
    }

    /// What a tunnel dials; nil while nothing is known. Never a new port of the pool.
    static func dialPort(_ rule: PortRule, _ facts: Facts) -> UInt16? {
        if !rule.localIP.isEmpty { return rule.declared }
        let keys = facts.assigned.filter { $0.key.transport == rule.transport && $0.key.declared == rule.declared }
        if let port = keys.min(by: { $0.key.service < $1.key.service })?.value { return port }
        guard let container = facts.container else { return nil }
        let bound = container.bindings.first { $0.container == rule.declared && $0.transport == rule.transport }
        if let bound { return bound.host }
        // A container of an older agent on the host's own network listens where it says.
        return container.networkMode == "host" && container.bindings.isEmpty ? rule.declared : nil
    }

    static func tunnelID(_ rule: PortRule, _ app: InstalledApp, _ deviceKey: UInt64) -> String {
        "\(subdomain(rule, app, deviceKey))-\(rule.protocolName)"
    }

    private static func subdomain(_ rule: PortRule, _ app: InstalledApp, _ deviceKey: UInt64) -> String {
        let name = "\(deviceKey)-\(app.name)-\(rule.declared)".lowercased()
        return rule.protocolName == "https" ? "secure-\(name)" : name
    }
}

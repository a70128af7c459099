import Values

/// A port of a container that is bound to a port of the host.
public struct HostPortBinding: Sendable, Hashable {
    public var container: UInt16
    /// `tcp`, `udp`, `sctp`.
    public var transport: String
    public var host: UInt16
    /// Empty, `0.0.0.0` or `::` for all interfaces.
    public var address: String
}

extension ContainerSummary {
    /// The live bindings of a list entry; ports that are only exposed are left out (1.3.3).
    static func bindings(_ ports: Value?) -> [HostPortBinding] {
        (ports?.array ?? []).compactMap { port in
            guard let container = port["PrivatePort"].flatMap(LenientInteger.unsigned).flatMap({ UInt16(exactly: $0) }),
                let host = port["PublicPort"].flatMap(LenientInteger.unsigned).flatMap({ UInt16(exactly: $0) }),
                host != 0
            else { return nil }
            let transport = port["Type"]?.string ?? ""
            return HostPortBinding(
                container: container, transport: transport.isEmpty ? "tcp" : transport, host: host,
                address: port["IP"]?.string ?? "")
        }
    }
}

extension ContainerDetails {
    /// The configured bindings as they are, also while the container is down; a host port of zero, or none, is left out.
    public var bindings: [HostPortBinding] {
        var result: [HostPortBinding] = []
        for (key, bindings) in raw["HostConfig"]?["PortBindings"]?.object ?? [:] {
            let parts = key.split(separator: "/", maxSplits: 1)
            guard let container = parts.first.flatMap({ UInt16($0) }) else { continue }
            for binding in bindings.array ?? [] {
                guard let host = (binding["HostPort"]?.string).flatMap({ UInt16($0) }), host != 0 else { continue }
                result.append(
                    HostPortBinding(
                        container: container, transport: parts.count > 1 ? String(parts[1]) : "tcp", host: host,
                        address: binding["HostIp"]?.string ?? ""))
            }
        }
        return result
    }

    /// What the health check says: `starting`, `healthy`, `unhealthy`; nil without one.
    public var health: String? { raw["State"]?["Health"]?["Status"]?.string.flatMap { $0 == "none" ? nil : $0 } }

    /// Whether it has all rights on the host.
    public var isPrivileged: Bool { raw["HostConfig"]?["Privileged"]?.bool ?? false }

    /// The configured host ports, keyed `<port>/<protocol>` (1.3.3). Also valid while the container is down.
    ///
    /// A host port of zero, or none, is left out. Of several bindings one on all interfaces wins (C39).
    public var hostPorts: [String: UInt16] {
        var ports: [String: UInt16] = [:]
        for (key, bindings) in raw["HostConfig"]?["PortBindings"]?.object ?? [:] {
            var chosen: UInt16?
            for binding in bindings.array ?? [] {
                guard let port = (binding["HostPort"]?.string).flatMap({ UInt16($0) }), port != 0 else { continue }
                let address = binding["HostIp"]?.string ?? ""
                if chosen == nil || address.isEmpty || address == "0.0.0.0" { chosen = port }
                if address.isEmpty || address == "0.0.0.0" { break }
            }
            if let chosen { ports[key] = chosen }
        }
        return ports
    }

    /// The configured network mode; empty and `default` are older spellings of `bridge` (1.3.1).
    public var networkMode: String {
        let mode = raw["HostConfig"]?["NetworkMode"]?.string ?? ""
        return mode.isEmpty || mode == "default" ? "bridge" : mode
    }
}

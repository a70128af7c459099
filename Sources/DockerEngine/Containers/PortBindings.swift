import Values

extension ContainerDetails {
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

import DeviceProtocol

/// The variables that tell an app its ports (app-lifecycle.md 3.1).
public struct PortVariables: Sendable, Equatable {
    /// `REMOTE_PORT_FOR_…`, PROD only.
    public var remote: [EnvironmentVariable]
    /// `DEVICE_PORT_FOR_…`, by declared port.
    public var device: [EnvironmentVariable]

    public init(remote: [EnvironmentVariable] = [], device: [EnvironmentVariable] = []) {
        self.remote = remote
        self.device = device
    }

    /// - Parameters:
    ///   - assigned: the host ports of the app. Where tcp and udp share a declared port tcp counts, and of several
    ///     services the one whose name comes first.
    ///   - tunnels: remote ports of live tunnels, by rule.
    public init(
        _ app: AppID, _ rules: [PortRule], assigned: [HostPortKey: UInt16], tunnels: [String: UInt64] = [:]
    ) {
        device = Self.firstOfEach(assigned).map { EnvironmentVariable("DEVICE_PORT_FOR_\($0.declared)", "\($0.port)") }
        remote = app.stage == .prod ? rules.flatMap { Self.remote($0, tunnels) } : []
    }

    /// The files that follow the ports while the app runs (3.3): nil deletes.
    public static func files(_ rules: [PortRule], tunnels: [String: UInt64] = [:]) -> [String: String?] {
        var files: [String: String?] = [:]
        for rule in rules {
            let remote = tunnels[rule.tunnelKey] ?? rule.remotePort
            for name in names(rule) {
                if remote > 0 { files[name] = .some("\(remote)") }
                files["\(name)_CLOUD"] = .some(rule.cloudRemotePort > 0 ? "\(rule.cloudRemotePort)" : nil)
            }
        }
        return files
    }

    private static func firstOfEach(_ assigned: [HostPortKey: UInt16]) -> [(declared: UInt16, port: UInt16)] {
        let ordered = assigned.sorted { left, right in
            let (left, right) = (left.key, right.key)
            return (left.declared, left.transport, left.service) < (right.declared, right.transport, right.service)
        }
        var result: [(declared: UInt16, port: UInt16)] = []
        for (key, port) in ordered where result.last?.declared != key.declared { result.append((key.declared, port)) }
        return result
    }

    private static func remote(_ rule: PortRule, _ tunnels: [String: UInt64]) -> [EnvironmentVariable] {
        var variables: [EnvironmentVariable] = []
        if let port = tunnels[rule.tunnelKey] {
            variables += names(rule).map { EnvironmentVariable($0, "\(port)") }
        }
        if rule.cloudRemotePort > 0 {
            variables += names(rule).map { EnvironmentVariable("\($0)_CLOUD", "\(rule.cloudRemotePort)") }
        }
        return variables
    }

    /// A rule must not name what only the agent may set: its file would take the place of the app's credential.
    private static func names(_ rule: PortRule) -> [String] {
        let further = rule.remotePortEnvironment.flatMap { EnvironmentBuilder.reservedNames.contains($0) ? nil : $0 }
        return ["REMOTE_PORT_FOR_\(rule.declared)"] + (further.map { [$0] } ?? [])
    }
}

extension PortRule {
    /// What tells the tunnels of one app apart.
    var tunnelKey: String { "\(declared)-\(protocolName)" }
}

public import Values

/// The argument of `update_device_architecture` (system.md 0.2 step 6).
public struct ArchitectureReport: Sendable, Equatable {
    public var swarmKey: UInt64
    public var deviceKey: UInt64
    /// Operating system in words (system.md 4.5).
    public var os: String
    /// `amd64`, `arm64`, `arm`, …
    public var arch: String
    /// `v7` and the like, or empty.
    public var variant: String
    public var agentVersion: String

    public init(
        swarmKey: UInt64, deviceKey: UInt64, os: String, arch: String, variant: String, agentVersion: String
    ) {
        self.swarmKey = swarmKey
        self.deviceKey = deviceKey
        self.os = os
        self.arch = arch
        self.variant = variant
        self.agentVersion = agentVersion
    }

    public var object: Object {
        [
            "swarm_key": .integer(swarmKey), "device_key": .integer(deviceKey), "architecture": .string(arch + variant),
            "os": .string(os), "arch": .string(arch), "variant": .string(variant),
            "agent_version": .string(agentVersion),
        ]
    }
}

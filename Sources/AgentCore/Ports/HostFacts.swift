public import Values

/// What this machine is and how full it is (system.md 4.3 to 4.6).
public protocol HostFacts: Sendable {
    /// Statistics of the heartbeat and of `get_storage_data`, with the wire's keys (4.4).
    func statistics() async -> Object

    /// Operating system in words, architecture and variant.
    func platform() async -> Platform

    /// Every address of every interface with its mask.
    func addresses() async -> [InterfaceAddress]

    /// Source address of the default route, else the first usable IPv4 (app-lifecycle.md 3.1, `DEVICE_LAN_IP`).
    func lanAddress() async -> String?

    /// Whether single apps get the runtime `nvidia` (4.6).
    func hasGPU() async -> Bool

    /// Whether a directory exists on the host: optional mounts of 3.4.
    func directoryExists(_ path: String) async -> Bool
}

public struct Platform: Sendable, Equatable {
    /// `linux debian 12.11 6.1.0`.
    public var description: String
    /// `amd64`, `arm64`, `arm`, …
    public var architecture: String
    /// `v7`, `v6`, `v5` on 32-bit ARM, else empty.
    public var variant: String

    public init(description: String, architecture: String, variant: String) {
        self.description = description
        self.architecture = architecture
        self.variant = variant
    }
}

public struct InterfaceAddress: Sendable, Equatable {
    public var interface: String
    /// Text form, IPv4 or IPv6.
    public var address: String
    /// Network mask, 4 or 16 bytes.
    public var mask: [UInt8]
    public var isIPv6: Bool

    public init(interface: String, address: String, mask: [UInt8], isIPv6: Bool) {
        self.interface = interface
        self.address = address
        self.mask = mask
        self.isIPv6 = isIPv6
    }
}

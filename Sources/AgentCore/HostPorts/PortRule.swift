public import Values

/// One rule of an app's `ports` (app-lifecycle.md 1.4). It keeps the whole object it was read from, so that keys that
/// this agent does not know live on when the list goes back upstream (P45).
public struct PortRule: Sendable, Equatable {
    public private(set) var object: Object
    /// The app-facing port: the identity of the rule.
    public let declared: UInt16

    /// Nil for what names no port: such an entry stays in the list as it is and stops nothing (P39).
    public init?(_ value: Value) {
        guard let object = value.object, let declared = Self.port(object["port"]) else { return nil }
        self.object = object
        self.declared = declared
    }

    /// `http` when the rule names none.
    public var protocolName: String {
        let name = object["protocol"]?.string ?? ""
        return name.isEmpty ? "http" : name
    }

    /// Everything but udp goes over tcp (3.6).
    public var transport: PortTransport { protocolName == "udp" ? .udp : .tcp }

    /// Whether a tunnel is wanted.
    public var isActive: Bool { object["active"]?.bool ?? false }

    /// Not empty: the rule points somewhere else than to the app, and nothing is published for it.
    public var localIP: String { object["local_ip"]?.string ?? "" }

    /// A further name for the variable of the remote port; nil when there is none.
    public var remotePortEnvironment: String? {
        object["remote_port_environment"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The host port that the backend has echoed; nil when it is none that a host has (P34).
    public var hostPort: UInt16? { Self.port(object["host_port"]) }

    /// The public port of a tcp or udp tunnel; 0 for none.
    public var remotePort: UInt64 { object["remote_port"].flatMap(LenientInteger.unsigned) ?? 0 }

    /// The internet-facing port on instance devices; 0 for none.
    public var cloudRemotePort: UInt64 { object["cloud_remote_port"].flatMap(LenientInteger.unsigned) ?? 0 }

    public mutating func setHostPort(_ port: UInt16) { object["host_port"] = .integer(UInt64(port)) }

    public mutating func setRemotePort(_ port: UInt64) { object["remote_port"] = .integer(port) }

    private static func port(_ value: Value?) -> UInt16? {
        guard let number = value.flatMap(LenientInteger.unsigned), number != 0 else { return nil }
        return UInt16(exactly: number)
    }
}

/// The list of an app's rules.
public struct PortRules: Sendable, Equatable {
    /// What is in the list, in its order.
    public enum Entry: Sendable, Equatable {
        case rule(PortRule)
        /// Not understood, and kept.
        case other(Value)
    }

    public var entries: [Entry]

    /// Of the payload's `ports`; what is no list has no rules.
    public init(_ value: Value) {
        entries = (value.array ?? []).map { entry in PortRule(entry).map(Entry.rule) ?? .other(entry) }
    }

    public var rules: [PortRule] {
        entries.compactMap { entry in if case .rule(let rule) = entry { rule } else { nil } }
    }

    /// Whether some entry could not be read.
    public var hasUnreadable: Bool { rules.count < entries.count }

    /// The list as it goes back upstream.
    public var value: Value {
        .array(
            entries.map { entry in
                switch entry {
                case .rule(let rule): .object(rule.object)
                case .other(let value): value
                }
            })
    }
}

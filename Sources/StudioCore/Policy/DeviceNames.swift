import DeviceProtocol

/// The names that belong to one device: everything below `re.mgmt.<serial>.` and `reswarm.logs.<serial>.` (system.md
/// 8.5; containers-logs-terminal.md 3.2). Terminals, tunnels and progress live below the first one.
struct DeviceNames: Sendable {
    private let procedures: String
    private let logs: String

    /// nil for a serial number that is not exactly one component of a name: with a dot in it, the names of one device
    /// could begin like another one's; empty, every pattern would fit.
    init?(serial: String) {
        guard !serial.isEmpty, serial.unicodeScalars.allSatisfy(Self.isAllowed) else { return nil }
        procedures = "re.mgmt.\(serial)."
        logs = Topics.log("", serial: serial)
    }

    /// What separates names, and what a name cannot hold (wamp-protocol.md 2.2).
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "." && scalar != "#" && !scalar.properties.isWhitespace
    }

    func ownsProcedure(_ uri: String) -> Bool { Self.isBelow(procedures, uri) }

    /// Whether every topic that the pattern can match is this device's: the components up to the serial number have to
    /// be written out, with the dot that ends it. An empty rest is a pattern for all of them.
    func ownsTopic(_ uri: String, match: RouterPolicy.Match) -> Bool {
        switch match {
        case .exact: Self.isBelow(procedures, uri) || Self.isBelow(logs, uri)
        case .prefix, .wildcard: Self.begins(uri, procedures) || Self.begins(uri, logs)
        }
    }

    private static func isBelow(_ prefix: String, _ uri: String) -> Bool {
        begins(uri, prefix) && uri.utf8.count > prefix.utf8.count
    }

    /// By bytes: to `String`, letters of different spelling can be equal; to the router they are not.
    private static func begins(_ uri: String, _ prefix: String) -> Bool { uri.utf8.starts(with: prefix.utf8) }
}

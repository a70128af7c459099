import DeviceProtocol

/// What has a host port: a declared port of an app, or of one service of a compose app.
public struct HostPortKey: Sendable, Hashable {
    public var app: AppID
    public var transport: PortTransport
    public var declared: UInt16
    /// Empty for single-container apps.
    public var service: String

    public init(app: AppID, transport: PortTransport, declared: UInt16, service: String = "") {
        self.app = app
        self.transport = transport
        self.declared = declared
        self.service = service
    }
}

/// Who has which port of the host (app-lifecycle.md 3.6). Tcp and udp do not stand in each other's way (P34).
struct HostPortPool {
    static let range: ClosedRange<UInt16> = 40_000...49_999

    private(set) var assignments: [HostPortKey: UInt16] = [:]

    func isFree(_ port: UInt16, for key: HostPortKey) -> Bool {
        !assignments.contains { $0.value == port && $0.key != key && $0.key.transport == key.transport }
    }

    mutating func assign(_ port: UInt16, to key: HostPortKey) { assignments[key] = port }

    mutating func forget(_ key: HostPortKey) { assignments[key] = nil }

    mutating func release(_ app: AppID) { assignments = assignments.filter { $0.key.app != app } }

    func assignments(of app: AppID) -> [HostPortKey: UInt16] { assignments.filter { $0.key.app == app } }
}

/// Why an app has no host port.
public struct HostPortError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// Every port of the pool is taken.
        case exhausted
    }

    public var code: Code
    public var declared: UInt16

    public var description: String { "no host port from 40000 to 49999 is free for the app's port \(declared)" }
}

import AgentTestKit
import DeviceProtocol
import Testing
import Values

@testable import AgentCore

@Suite("Host ports")
struct HostPortsTests {
    private let probe = ModelProbe()
    private let ports: HostPorts

    init() { ports = HostPorts(probe: probe) }

    private static func key(
        _ declared: UInt16, app: UInt64 = 6, _ transport: PortTransport = .tcp, stage: Stage = .prod,
        service: String = ""
    ) -> HostPortKey {
        HostPortKey(app: AppID(key: app, stage: stage), transport: transport, declared: declared, service: service)
    }

    private static func rule(_ port: UInt16, _ more: Object = [:]) -> PortRule {
        var object: Object = ["port": .integer(UInt64(port)), "protocol": "tcp"]
        for (name, value) in more { object[name] = value }
        return PortRules([.object(object)]).rules[0]
    }

    @Test("T46: 100 parallel reservations are all distinct, and the same key gets the same port again")
    func parallel() async throws {
        let all = try await withThrowingTaskGroup(of: UInt16.self) { group in
            for app in 1...100 { group.addTask { try await ports.recoverOrReserve(Self.key(80, app: UInt64(app))) } }
            var all: [UInt16] = []
            for try await port in group { all.append(port) }
            return all
        }
        #expect(Set(all).count == 100)
        #expect(Set(all) == Set(40_000...40_099))
        let first = try await ports.recoverOrReserve(Self.key(80, app: 1))
        #expect(try await ports.recoverOrReserve(Self.key(80, app: 1), preferred: 45_000) == first)
    }

    @Test("T47: a preferred port is taken although the probe says busy; one that another app holds is not")
    func preferred() async throws {
        probe.take([41_000])
        #expect(try await ports.recoverOrReserve(Self.key(80), preferred: 41_000) == 41_000)
        #expect(try await ports.recoverOrReserve(Self.key(80, app: 7), preferred: 41_000) == 40_000)
    }

    @Test("a busy port of the pool is passed over; tcp and udp do not stand in each other's way (P34)")
    func busyAndTransports() async throws {
        probe.take([40_000, 40_001])
        #expect(try await ports.recoverOrReserve(Self.key(80)) == 40_002)
        #expect(try await ports.recoverOrReserve(Self.key(80, .udp)) == 40_002)
        #expect(try await ports.recoverOrReserve(Self.key(80, app: 7)) == 40_003)
    }

    @Test("a pool without a free port is an error that names the port")
    func exhausted() async throws {
        probe.take(Set(40_000...49_999))
        await #expect(throws: HostPortError(code: .exhausted, declared: 80)) {
            try await ports.recoverOrReserve(Self.key(80))
        }
    }

    @Test("T48: a DEV app declares 8080 and another one holds it: refused, and it falls back to the pool")
    func declaredByTwo() async throws {
        let rules = [Self.rule(8080)]
        let first = try await ports.bindings(of: AppID(key: 6, stage: .dev), rules, existing: [])
        #expect(first == [PortBinding(container: 8080, transport: .tcp, host: 8080)])
        #expect(await ports.reserveDeclared(Self.key(8080, app: 7, stage: .dev)) == nil)
        let second = try await ports.bindings(of: AppID(key: 7, stage: .dev), rules, existing: [])
        #expect(second == [PortBinding(container: 8080, transport: .tcp, host: 40_000)])
    }

    @Test("T49: a conflict about one of two assigned ports changes that one only; about an unknown port nothing")
    func reassign() async throws {
        let app = AppID(key: 6, stage: .prod)
        _ = try await ports.recoverOrReserve(Self.key(80))
        _ = try await ports.recoverOrReserve(Self.key(81))
        #expect(try await ports.reassign(40_000, of: app))
        #expect(await ports.assignments(of: app) == [Self.key(80): 40_002, Self.key(81): 40_001])
        #expect(try await !ports.reassign(4000, of: app))
        #expect(try await !ports.reassign(40_001, of: AppID(key: 7, stage: .prod)))
        #expect(await ports.assignments(of: app) == [Self.key(80): 40_002, Self.key(81): 40_001])
    }

    @Test("a container's own binding comes before the backend's echo, that before the pool (1.8)")
    func order() async throws {
        let bound = PortBinding(container: 80, transport: .tcp, host: 41_234)
        let rules = [
            Self.rule(80, ["host_port": 42_000]), Self.rule(81, ["host_port": 42_001]), Self.rule(82),
            Self.rule(82), Self.rule(83, ["local_ip": "192.0.2.9"]), Self.rule(84, ["host_port": 70_000]),
        ]
        let made = try await ports.bindings(of: AppID(key: 6, stage: .prod), rules, existing: [bound])
        #expect(made.map(\.container) == [80, 81, 82, 84])
        #expect(made.map(\.host) == [41_234, 42_001, 40_000, 40_001])
    }

    @Test("what a running container has is taken over, unless somebody else has it; nothing is invented")
    func adopt() async throws {
        let app = AppID(key: 6, stage: .prod)
        let bound = PortBinding(container: 80, transport: .tcp, host: 40_000)
        await ports.adopt([bound], [Self.rule(80), Self.rule(81)], of: app)
        #expect(await ports.assignments(of: app) == [Self.key(80): 40_000])
        await ports.adopt([bound], [Self.rule(80)], of: AppID(key: 7, stage: .prod))
        #expect(await ports.assignments(of: AppID(key: 7, stage: .prod)).isEmpty)
        await ports.release(app)
        #expect(await ports.assignments(of: app).isEmpty)
    }
}

@Suite("Rules and variables of ports")
struct PortRuleTests {
    @Test("unknown keys live on, and entries that are no rule stay as they are (P39, P45)")
    func unknownKeys() {
        let list: Value = [
            ["port": 8080, "later": ["a": 1], "active": true], "nonsense", ["port": "x"], ["port": 0],
            ["port": 70_000], ["port": "22", "protocol": "udp"],
        ]
        var rules = PortRules(list)
        #expect(rules.value == list)
        #expect(rules.hasUnreadable)
        #expect(rules.rules.map(\.declared) == [8080, 22])
        #expect(rules.rules.map(\.transport) == [.tcp, .udp])
        #expect(rules.rules.map(\.protocolName) == ["http", "udp"])
        guard case .rule(var rule) = rules.entries[0] else { return }
        rule.setHostPort(40_000)
        rules.entries[0] = .rule(rule)
        #expect(rules.value.array?[0] == ["port": 8080, "later": ["a": 1], "active": true, "host_port": 40_000])
        #expect(PortRules(.null).entries.isEmpty && PortRules("x").entries.isEmpty)
    }

    private static let app = AppID(key: 6, stage: .prod)

    private static func key(
        _ declared: UInt16, _ transport: PortTransport = .tcp, _ service: String = ""
    ) -> HostPortKey {
        HostPortKey(app: app, transport: transport, declared: declared, service: service)
    }

    @Test("DEVICE_PORT_FOR is one line per declared port, ascending; tcp first, then the lowest service (3.1)")
    func devicePorts() {
        let variables = PortVariables(
            Self.app, [],
            assigned: [
                Self.key(9000): 1, Self.key(80, .udp): 2, Self.key(80, .tcp, "web"): 3, Self.key(80, .tcp, "api"): 4,
            ])
        #expect(
            variables.device == [
                EnvironmentVariable("DEVICE_PORT_FOR_80", "4"), EnvironmentVariable("DEVICE_PORT_FOR_9000", "1"),
            ])
    }

    @Test("REMOTE_PORT_FOR comes with a live tunnel, its cloud form without one; DEV has neither (3.1)")
    func remotePorts() {
        let rules = PortRules([
            ["port": 22, "protocol": "tcp", "remote_port_environment": "SSH", "cloud_remote_port": 31_000],
            ["port": 80],
        ]).rules
        let tunnels: [String: UInt64] = ["22-tcp": 30_001, "80-http": 0]
        let variables = PortVariables(Self.app, rules, assigned: [:], tunnels: tunnels).remote
        #expect(
            variables.map { "\($0.name)=\($0.value)" } == [
                "REMOTE_PORT_FOR_22=30001", "SSH=30001", "REMOTE_PORT_FOR_22_CLOUD=31000", "SSH_CLOUD=31000",
                "REMOTE_PORT_FOR_80=0",
            ])
        #expect(PortVariables(AppID(key: 6, stage: .dev), rules, assigned: [:], tunnels: tunnels).remote.isEmpty)
    }

    @Test(
        "a rule cannot name what only the agent may set: no file takes the credential's place",
        arguments: ["APP_AUTH_ID", "APP_AUTH_SECRET", "DEVICE_SECRET"])
    func reservedNames(_ name: String) {
        let rules = PortRules([
            ["port": 22, "protocol": "tcp", "remote_port": 30_001, "remote_port_environment": .string(name)]
        ]).rules
        #expect(PortVariables.files(rules).keys.sorted() == ["REMOTE_PORT_FOR_22", "REMOTE_PORT_FOR_22_CLOUD"])
        let variables = PortVariables(Self.app, rules, assigned: [:], tunnels: ["22-tcp": 30_001]).remote
        #expect(variables.map(\.name) == ["REMOTE_PORT_FOR_22"])
    }

    @Test("T42: the cloud port's file follows the rule and is deleted with it; the base file stays")
    func files() {
        let base: Object = ["port": 22, "protocol": "tcp", "remote_port": 30_001]
        var cloud = base
        cloud["cloud_remote_port"] = 31_000
        let with = PortVariables.files(PortRules([.object(cloud)]).rules)
        #expect(with == ["REMOTE_PORT_FOR_22": "30001", "REMOTE_PORT_FOR_22_CLOUD": "31000"])
        let without = PortVariables.files(PortRules([.object(base)]).rules)
        let expected: [String: String?] = ["REMOTE_PORT_FOR_22": "30001", "REMOTE_PORT_FOR_22_CLOUD": nil]
        #expect(without == expected)
        let bare = PortVariables.files(PortRules([["port": 22]]).rules)
        #expect(bare.allSatisfy { $0.value == nil })
    }
}

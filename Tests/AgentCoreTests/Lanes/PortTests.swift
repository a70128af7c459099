import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Testing
import Values

@testable import AgentCore

@Suite("Ports of an app")
struct PortTests {
    private static let image = ModelDevice.image()
    private static let id = AppID(key: 6, stage: .prod)

    private static func request(_ target: AppState, _ rules: Value) -> AppRequest {
        var request = AppRequest.sample(target)
        request.ports = rules
        return request
    }

    private static func rule(_ port: Int64, active: Bool = false, _ more: Object = [:]) -> Value {
        var object: Object = ["port": .int(port), "protocol": "http", "active": .bool(active)]
        for (name, value) in more { object[name] = value }
        return .object(object)
    }

    private static func running(_ device: ModelDevice) -> ContainerSnapshot? {
        device.engine.containers["prod_6_myapp"]
    }

    /// The lists of ports that the backend got.
    private static func reported(_ device: ModelDevice) -> [Value] {
        device.backend.calls.compactMap { $0.arguments.first?["ports"] }
    }

    @Test("a rule becomes a binding of the pool, a variable, and a report with host_port (3.1, 3.6, 3.7)")
    func binding() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(Self.request(.running, [Self.rule(8080)])) == .rest)
        let specification = try #require(device.engine.specifications.first)
        #expect(specification.bindings == [PortBinding(container: 8080, transport: .tcp, host: 40_000)])
        #expect(specification.environment.contains("DEVICE_PORT_FOR_8080=40000"))
        #expect(Self.reported(device).last == [Self.rule(8080, ["host_port": 40_000])])
    }

    @Test("an app without rules has no ports, no variables and no report of them (T53)")
    func noRules() async throws {
        let device = ModelDevice(images: [Self.image])
        device.tunnels.setAvailable(true)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(.sample(.running)) == .rest)
        #expect(device.engine.specifications.first?.bindings == [])
        #expect(Self.reported(device).isEmpty && device.tunnels.calls.isEmpty)
    }

    @Test("T53: tunnels unavailable: host_port is still reported, and no tunnel is asked for")
    func noTunnels() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(Self.request(.running, [Self.rule(8080, active: true)])) == .rest)
        #expect(Self.reported(device).last == [Self.rule(8080, active: true, ["host_port": 40_000])])
        #expect(device.tunnels.calls.isEmpty)
    }

    @Test("T50: 41234 stands for 8080: the tunnel dials it, the subdomain keeps 8080, both ports are reported")
    func tunnel() async throws {
        let device = ModelDevice(images: [Self.image])
        device.tunnels.setAvailable(true)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        let rule = Self.rule(8080, active: true, ["protocol": "tcp", "host_port": 41_234, "remote_port": 0])
        #expect(try await driver.request(Self.request(.running, [rule])) == .rest)
        #expect(
            device.tunnels.calls == [
                .add(
                    TunnelWish(
                        id: "3-myapp-8080-tcp", subdomain: "3-myapp-8080", protocolName: "tcp", localIP: "",
                        localPort: 41_234, remotePort: 0)), .publish,
            ])
        let reported = try #require(Self.reported(device).last?.array?.first)
        #expect(reported["host_port"] == 41_234 && reported["remote_port"] == 30_001)
        #expect(device.files.portFiles(Self.id)["REMOTE_PORT_FOR_8080"] == "30001")
    }

    @Test(
        "T51: a fresh app gets no tunnel and no invented host_port; a container on the host's network is dialled as declared"
    )
    func unknownPort() throws {
        let app = InstalledApp(id: Self.id, name: "MyApp")
        let rules = PortRules([Self.rule(8080, active: true)])
        var facts = PortSync.Facts(
            app: app, deviceKey: 42, rules: rules, assigned: [:], container: nil, isWanted: true, hasTunnels: true,
            tunnels: [:])
        #expect(PortSync.changes(facts).isEmpty)
        #expect(PortSync.rules(facts) == rules)
        facts.container = ContainerSnapshot(id: "old", name: "prod_6_myapp", status: .running, networkMode: "host")
        #expect(
            PortSync.changes(facts) == [
                .add(
                    TunnelWish(
                        id: "42-myapp-8080-http", subdomain: "42-myapp-8080", protocolName: "http", localIP: "",
                        localPort: 8080, remotePort: 0))
            ])
    }

    @Test("T52: a tunnel with a stale local port is made anew; one with a reserved remote port is kept and reported")
    func liveTunnels() throws {
        let rules = PortRules([Self.rule(22, active: true, ["protocol": "tcp", "remote_port": 0])])
        var facts = PortSync.Facts(
            app: InstalledApp(id: Self.id, name: "myapp"), deviceKey: 3, rules: rules,
            assigned: [HostPortKey(app: Self.id, transport: .tcp, declared: 22): 40_001], container: nil,
            isWanted: true, hasTunnels: true,
            tunnels: ["3-myapp-22-tcp": Tunnel(localPort: 40_000, remotePort: 30_007)])
        let changes = PortSync.changes(facts)
        #expect(changes.first == .remove("3-myapp-22-tcp"))
        guard changes.count == 2, case .add(let wish) = changes[1] else {
            Issue.record("\(changes)")
            return
        }
        #expect(wish.localPort == 40_001)
        facts.tunnels = ["3-myapp-22-tcp": Tunnel(localPort: 40_001, remotePort: 30_007)]
        #expect(PortSync.changes(facts).isEmpty)
        #expect(PortSync.rules(facts).rules.first?.remotePort == 30_007)
    }

    @Test("an inactive rule, and one of an app that neither runs nor is to run, lose their tunnels (P33)")
    func endedTunnels() {
        let live = ["3-myapp-22-tcp": Tunnel(localPort: 40_000, remotePort: 30_007)]
        for (active, isWanted, hasTunnels) in [(false, true, true), (true, false, true), (true, false, false)] {
            let facts = PortSync.Facts(
                app: InstalledApp(id: Self.id, name: "myapp"), deviceKey: 3,
                rules: PortRules([Self.rule(22, active: active, ["protocol": "tcp"])]), assigned: [:],
                container: nil, isWanted: isWanted, hasTunnels: hasTunnels, tunnels: live)
            #expect(PortSync.changes(facts) == (hasTunnels ? [.remove("3-myapp-22-tcp")] : []))
        }
    }

    @Test("T75: app A with a tunnel is uninstalled and B takes its host port: A's address never reaches B (P33)")
    func reuse() async throws {
        let device = ModelDevice(images: [Self.image, ModelDevice.image(7, name: "other")])
        device.tunnels.setAvailable(true)
        var first = await LaneDriver.verified(device, .sample(.present, target: .present))
        try await first.request(Self.request(.running, [Self.rule(8080, active: true)]))
        #expect(device.tunnels.tunnels.keys.sorted() == ["3-myapp-8080-http"])
        #expect(try await first.request(Self.request(.uninstalled, [Self.rule(8080, active: true)])) == .forgotten)
        #expect(device.tunnels.tunnels.isEmpty)
        var second = await LaneDriver.verified(device, .sample(.present, target: .present, key: 7, name: "other"))
        var request = AppRequest.sample(.running, key: 7, name: "other")
        request.ports = [Self.rule(80)]
        try await second.request(request)
        #expect(device.engine.specifications.last?.bindings.first?.host == 40_000)
        #expect(device.tunnels.tunnels.isEmpty)
    }

    @Test("a removed app keeps its host port for the next installation, and has no tunnel meanwhile")
    func removed() async throws {
        let device = ModelDevice(images: [Self.image], registry: [Self.image])
        device.tunnels.setAvailable(true)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        try await driver.request(Self.request(.running, [Self.rule(8080, active: true)]))
        try await driver.request(Self.request(.removed, [Self.rule(8080, active: true)]))
        #expect(device.tunnels.tunnels.isEmpty)
        #expect(await device.ports.hostPorts.assignments(of: Self.id).values.sorted() == [40_000])
    }

    @Test("a port that something else has: the container is made anew with another one, and the app runs (2.9)")
    func conflict() async throws {
        let device = ModelDevice(images: [Self.image])
        device.engine.inject(EngineError(.portConflict(40_000), "port is already allocated"), on: .start)
        device.engine.inject(EngineError(.portConflict(40_001), "port is already allocated"), on: .start)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(Self.request(.running, [Self.rule(8080)])) == .rest)
        #expect(device.engine.specifications.map { $0.bindings.map(\.host) } == [[40_000], [40_001], [40_000]])
        #expect(device.store.reported == [.starting, .running])
        #expect(Self.running(device)?.bindings.first?.host == 40_000)
        #expect(Self.reported(device).last?.array?.first?["host_port"] == 40_000)
    }

    @Test("three conflicts in a row, or one about a port that is not the app's, are a failure")
    func conflicts() async throws {
        for errors in [[40_000, 40_001, 40_000], [5000]] as [[UInt16]] {
            let device = ModelDevice(images: [Self.image])
            for port in errors { device.engine.inject(EngineError(.portConflict(port), "in use"), on: .start) }
            var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
            let end = try await driver.request(Self.request(.running, [Self.rule(8080)]), patience: .zero)
            #expect(end == .waiting(.seconds(5)))
            #expect(device.store.reported == [.starting, .failed])
        }
    }

    @Test("an outdated container is made anew, a matching one is kept (3.4)", arguments: [true, false])
    func outdated(isMatching: Bool) async throws {
        let device = ModelDevice(images: [Self.image])
        var old = ContainerSnapshot.sample(.created)
        old.bindings = [PortBinding(container: isMatching ? 8080 : 9090, transport: .tcp, host: 40_007)]
        device.engine.place(old)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(Self.request(.running, [Self.rule(8080)])) == .rest)
        #expect(
            device.engine.changes.map(\.operation) == (isMatching ? [.start] : [.remove, .create, .start]))
    }

    @Test("a pool without a free port fails the start with a sentence")
    func exhausted() async throws {
        let device = ModelDevice(images: [Self.image])
        device.probe.take(Set(40_000...49_999))
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        _ = try await driver.request(Self.request(.running, [Self.rule(8080)]), patience: .zero)
        #expect(device.store.reported == [.starting, .failed])
        #expect(device.logs.lines(of: "prod_6_myapp").contains { $0.contains("no host port") })
    }

    @Test("a rule that cannot be decoded stops nothing, and goes back as it came (P39, P45)")
    func unreadable() async throws {
        let device = ModelDevice(images: [Self.image])
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        let rules: Value = [["port": ["x"], "later": 1], Self.rule(80)]
        #expect(try await driver.request(Self.request(.running, rules)) == .rest)
        #expect(Self.reported(device).last?.array?.first == ["port": ["x"], "later": 1])
        #expect(try await driver.request(Self.request(.present, rules)) == .rest)
        #expect(device.store.reported.suffix(1) == [.present])
    }

    @Test("a backend that does not take the list costs five seconds at most and never the app (2.10, P39)")
    func unreported() async throws {
        let device = ModelDevice(images: [Self.image])
        device.backend.setConnected(false)
        var driver = await LaneDriver.verified(device, .sample(.present, target: .present))
        #expect(try await driver.request(Self.request(.running, [Self.rule(80)])) == .rest)
        #expect(await driver.state == .running)
    }
}

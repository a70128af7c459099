import AgentCore
import DeviceProtocol
import Testing
import Values

private let device = DeviceContext(
    serialNumber: "c6aa09d3-3dbd-4830-a230-bf75cdd7f149", deviceKey: 3, swarmKey: 2, deviceName: "device-b",
    swarmName: "demo_swarm", ownerName: "marko", environment: "local",
    endpointURL: "ws://localhost:18083/ws-re-dev", platformURL: "https://studio.example.test",
    credentialKey: String(repeating: "5f", count: 32), secret: "device-secret")

private func app(
    _ stage: Stage = .prod, environment: Value = .null, template: Value = .null, epoch: UInt64? = 1,
    instance: UInt64? = nil
) -> WantedApp {
    WantedApp(
        id: AppID(key: 1, stage: stage), name: "myapp", target: .running, environment: environment,
        environmentTemplate: template, credentialEpoch: epoch, instanceKey: instance)
}

private func build(_ wanted: WantedApp, on device: DeviceContext = device, lan: String? = "192.0.2.2") throws
    -> [String]
{
    try EnvironmentBuilder(device: device, lanAddress: lan).build(for: wanted).variables.map {
        "\($0.name)=\($0.value)"
    }
}

@Suite("Environment of an app")
struct EnvironmentBuilderTests {
    @Test("a PROD app gets exactly the recorded variables in the recorded order")
    func recording() throws {
        let wanted = app(
            environment: ["GREETING": ["value": "hello"]], template: ["MODE": ["defaultValue": "demo"]])
        #expect(
            try build(wanted) == [
                "DEVICE_SERIAL_NUMBER=c6aa09d3-3dbd-4830-a230-bf75cdd7f149", "ENV=PROD", "DEVICE_KEY=3",
                "SWARM_KEY=2", "APP_KEY=1", "APP_NAME=myapp", "DEVICE_NAME=device-b",
                "DEVICE_ENDPOINT_URL=ws://host.docker.internal:18083/ws-re-dev", "TUNNEL_DOMAIN=localhost",
                "APP_AUTH_ID=app-1-prod-e1@c6aa09d3-3dbd-4830-a230-bf75cdd7f149",
                "APP_AUTH_SECRET=p0/1dpMSKvQRc76h3Plzt1oFG8xA6OnhsdupEy4CBLA=", "DEVICE_LAN_IP=192.0.2.2",
                "RESWARM_URL=https://studio.example.test",
                "DEVICE_URL=https://studio.example.test/marko/swarms/demo_swarm/settings/devices/device-b",
                "GREETING=hello", "MODE=demo",
            ])
    }

    @Test("T39: without a device key there is no APP_AUTH_*, and never a blank one")
    func withoutKey() throws {
        var other = device
        other.credentialKey = ""
        let result = try EnvironmentBuilder(device: other, lanAddress: nil).build(for: app())
        #expect(result.credential == nil)
        #expect(!result.variables.contains { $0.name.hasPrefix("APP_AUTH_") })
    }

    @Test("T39: with a device key the epoch is part of the name, and 0 means 1", arguments: [(nil, 1), (0, 1), (3, 3)])
    func epoch(_ given: UInt64?, _ expected: UInt64) throws {
        let result = try EnvironmentBuilder(device: device, lanAddress: nil).build(for: app(epoch: given))
        #expect(result.credential?.authID == "app-1-prod-e\(expected)@\(device.serialNumber)")
    }

    @Test("T39: a user's APP_AUTH_* and DEVICE_SECRET are dropped with a warning, other variables stay")
    func reserved() throws {
        for stage in Stage.allCases {
            let variables: Value = [
                "APP_AUTH_ID": ["value": "x"], "DEVICE_SECRET": ["value": "y"], "KEEP": ["value": "z"],
            ]
            let defaults: Value = ["APP_AUTH_SECRET": ["defaultValue": "x"], "TEMPLATE": ["defaultValue": "t"]]
            let result = try EnvironmentBuilder(device: device, lanAddress: nil)
                .build(for: app(stage, environment: variables, template: defaults))
            let values = result.variables.map { "\($0.name)=\($0.value)" }
            #expect(!values.contains("APP_AUTH_ID=x"))
            #expect(!values.contains("APP_AUTH_SECRET=x"))
            #expect(!result.variables.contains { $0.name == "DEVICE_SECRET" })
            #expect(values.contains("KEEP=z") == (stage == .prod))
            #expect(values.contains("TEMPLATE=t"))
            #expect(result.warnings.isEmpty == false)
            #expect(!result.variables.contains { $0.value.contains("device-secret") })
        }
    }

    @Test(
        "T40: only a loopback host is replaced; scheme, port and path stay",
        arguments: [
            ("ws://localhost:8080/ws", "ws://host.docker.internal:8080/ws"),
            ("wss://LOCALHOST/ws", "wss://host.docker.internal/ws"),
            ("ws://127.0.0.1:8080", "ws://host.docker.internal:8080"),
            ("ws://127.8.9.1/", "ws://host.docker.internal/"),
            ("ws://[::1]:8080/ws", "ws://host.docker.internal:8080/ws"),
            ("ws://u:p@localhost:1/x", "ws://u:p@host.docker.internal:1/x"),
            ("ws://192.168.1.5:8080/ws", "ws://192.168.1.5:8080/ws"),
            ("wss://cbw.ironflock.com/ws-re-dev", "wss://cbw.ironflock.com/ws-re-dev"),
            ("ws://localhost.example.com/", "ws://localhost.example.com/"),
            ("ws://[fe80::1]:1/", "ws://[fe80::1]:1/"), ("ws://[::1/ws", "ws://[::1/ws"),
            ("", ""), ("localhost", "localhost"), ("://", "://"), ("ws://", "ws://"),
        ])
    func endpoint(_ url: String, _ expected: String) throws {
        var other = device
        other.endpointURL = url
        #expect(try build(app(), on: other).contains("DEVICE_ENDPOINT_URL=\(expected)"))
    }

    @Test("T71: an environment value that is not an object is an error of this app alone (P15)")
    func malformed() {
        for bad: Value in ["text", 5, [], true] {
            #expect(throws: EnvironmentError(.malformedEntry, name: "A")) { try build(app(environment: ["A": bad])) }
        }
        #expect(throws: EnvironmentError(.notADictionary, name: "environment")) { try build(app(environment: "x")) }
    }

    @Test("a malformed default is left out with a warning; the user's variables stay")
    func malformedDefault() throws {
        let wanted = app(environment: ["A": ["value": "1"]], template: ["B": 1, "C": ["defaultValue": "2"]])
        let result = try EnvironmentBuilder(device: device, lanAddress: nil).build(for: wanted)
        #expect(result.variables.suffix(2) == [EnvironmentVariable("A", "1"), EnvironmentVariable("C", "2")])
        #expect(result.warnings.count == 1)
    }

    @Test("a template default counts as present only by its exact name (P35)")
    func exactName() throws {
        let variables = try build(
            app(
                environment: ["GREETING": ["value": "MODE=x"], "MY_MODE": ["value": "1"]],
                template: ["MODE": ["defaultValue": "demo"], "GREETING": ["defaultValue": "no"]]))
        #expect(variables.contains("MODE=demo"))
        #expect(!variables.contains("GREETING=no"))
    }

    @Test("nulls are omitted, wherever they stand (P35)")
    func nulls() throws {
        let variables = try build(
            app(
                environment: ["A": ["value": nil], "B": nil, "C": [:]],
                template: ["A": ["defaultValue": "d"], "D": ["defaultValue": nil]]))
        #expect(variables.suffix(1) == ["A=d"])
        #expect(!variables.contains { $0.hasPrefix("B=") || $0.hasPrefix("C=") || $0.hasPrefix("D=") })
    }

    @Test(
        "values of every kind become one line of text",
        arguments: [
            ("a\nb\tc\rd", #"a\nb\tc\rd"#), (5, "5"), (-5, "-5"), (1.5, "1.5"), (8080.0, "8080"), (true, "true"),
            (false, "false"), ("", ""), ([1, "x"], #"[1,"x"]"#), (["k": nil], #"{"k":null}"#), ("ä=b", "ä=b"),
        ] as [(Value, String)])
    func rendering(_ value: Value, _ text: String) throws {
        #expect(try build(app(environment: ["V": ["value": value]])).last == "V=\(text)")
    }

    @Test("names that would become another variable or end a C string are dropped with a warning")
    func names() throws {
        let odd: Value = ["": ["value": "1"], "A=B": ["value": "1"], "N\0": ["value": "1"], "Z": ["value": "a\0b"]]
        let result = try EnvironmentBuilder(device: device, lanAddress: nil).build(for: app(environment: odd))
        #expect(result.warnings.count == 4)
        #expect(result.variables.last?.name == "DEVICE_URL")
    }

    @Test("a DEV app ignores the user's environment and takes every template default")
    func development() throws {
        let variables = try build(
            app(
                .dev, environment: ["A": ["value": "1"]],
                template: ["MODE": ["defaultValue": "x"], "ENV": ["defaultValue": "mine"]]))
        #expect(variables.suffix(2) == ["MODE=x", "ENV=mine"])
        #expect(variables.contains("ENV=DEV"))
        #expect(!variables.contains("A=1"))
    }

    @Test(
        "the tunnel domain follows the appliance's domain, else the environment",
        arguments: [
            ("", "test", "app.ironflock.dev"), ("", "local", "localhost"), ("", "production", "app.ironflock.com"),
            ("", "", "app.ironflock.com"), ("own.example", "test", "own.example"),
        ])
    func tunnelDomain(_ appliance: String, _ environment: String, _ domain: String) throws {
        var other = device
        other.applianceDomain = appliance
        other.environment = environment
        #expect(try build(app(), on: other).contains("TUNNEL_DOMAIN=\(domain)"))
    }

    @Test("what is unknown is left out: LAN address, instance key, platform URL (P60)")
    func unknown() throws {
        var other = device
        other.platformURL = nil
        let variables = try build(app(instance: 0), on: other, lan: nil)
        for name in ["DEVICE_LAN_IP", "INSTANCE_KEY", "RESWARM_URL", "DEVICE_URL"] {
            #expect(!variables.contains { $0.hasPrefix(name + "=") })
        }
        #expect(try build(app(instance: 12)).contains("INSTANCE_KEY=12"))
    }

    @Test("the environment of a device uses the record's name and what the device knows now")
    func deviceEnvironment() async throws {
        let holder = DeviceContextHolder(device)
        let source = DeviceEnvironment(context: holder, facts: FixedHostFacts(lan: "10.0.0.9"))
        var wanted = app()
        wanted.name = "renamed"
        let installed = InstalledApp(id: wanted.id, name: "myapp")
        let first = try await source.environment(for: installed, wanted: wanted, ports: PortVariables())
        #expect(first.variables.contains(EnvironmentVariable("APP_NAME", "myapp")))
        #expect(first.variables.contains(EnvironmentVariable("DEVICE_LAN_IP", "10.0.0.9")))
        holder.update { $0.deviceName = "new-name" }
        let second = try await source.environment(for: installed, wanted: wanted, ports: PortVariables())
        #expect(second.variables.contains(EnvironmentVariable("DEVICE_NAME", "new-name")))
    }

    @Test(
        "an environment that is not of the wire's form is an error of its own; the credential does not depend on it (P15)",
        arguments: [
            (["A": 5, "B": ["value": "x"]], "environment variable A has no readable value"),
            ("A=1", "environment is not a dictionary"), ([["value": "x"]], "environment is not a dictionary"),
            (7, "environment is not a dictionary"),
        ] as [(Value, String)])
    func badEnvironment(_ environment: Value, _ sentence: String) async throws {
        let source = DeviceEnvironment(context: DeviceContextHolder(device), facts: FixedHostFacts())
        let wanted = app(environment: environment)
        let installed = InstalledApp(id: wanted.id, name: "myapp")
        let error = await #expect(throws: EnvironmentError.self) {
            try await source.environment(for: installed, wanted: wanted, ports: PortVariables())
        }
        #expect(error?.description == sentence)
        #expect(await source.credential(for: installed, wanted: wanted) != nil)
    }
}

private struct FixedHostFacts: HostFacts {
    var lan: String?
    func statistics() async -> Object { [:] }
    func platform() async -> Platform { Platform(description: "linux", architecture: "amd64", variant: "") }
    func addresses() async -> [InterfaceAddress] { [] }
    func lanAddress() async -> String? { lan }
    func hasGPU() async -> Bool { false }
    func directoryExists(_ path: String) async -> Bool { false }
}

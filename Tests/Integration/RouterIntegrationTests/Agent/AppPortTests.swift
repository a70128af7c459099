import IntegrationTestKit
import Testing
import Values
import WAMPClient

@Suite("Ports, DEV apps and privileges on the real engine", .serialized)
struct AppPortTests {
    private static func payload(_ fixture: AgentFixture, _ target: String, image: String, _ more: Object) -> Object {
        var payload = fixture.backend.request(
            target, appKey: fixture.app.appKey, name: fixture.app.name, image: TestEnvironment[image])
        for (key, value) in more { payload[key] = value }
        return payload
    }

    private static func ask(_ fixture: AgentFixture, _ payload: Object) async throws {
        fixture.backend.forgetReports()
        fixture.backend.setRequested([.object(payload)])
        _ = try await fixture.session.call(fixture.procedure("request_app_state"), [], kwargs: payload)
    }

    private static func hostPort(_ fixture: AgentFixture) -> UInt64? {
        fixture.backend.ports(of: fixture.app.appKey).first?["host_port"].flatMap(LenientInteger.unsigned)
    }

    private static func inspect(_ container: String, _ format: String) async throws -> String {
        try await TestEnvironment.shell("docker inspect -f '\(format)' \(container)").output
    }

    @Test("a rule's port is reachable on the host port that is reported, and the app knows it (3.1, 3.6, 3.7)")
    func published() async throws {
        try await AgentFixture.with(.embedded, appKey: 931, name: "portapp") { fixture in
            try await fixture.connected { _ in
                let rules: Object = ["ports": [["port": 8080, "protocol": "http", "active": false, "later": "kept"]]]
                try await Self.ask(fixture, Self.payload(fixture, "RUNNING", image: "TEST_IMAGE_HTTPD", rules))
                #expect(await fixture.reported("RUNNING"), "\(fixture.agent.log.suffix(2000))")
                #expect(await eventually { Self.hostPort(fixture) != nil })
                let port = try #require(Self.hostPort(fixture))
                #expect((40_000...49_999).contains(port))
                #expect(fixture.backend.ports(of: 931).first?["later"] == "kept")
                let answer = try await TestEnvironment.shell(
                    "for i in 1 2 3 4 5 6 7 8 9 10; do wget -qO- http://127.0.0.1:\(port)/ && break; sleep 0.3; done")
                #expect(answer.output.contains("hello v1.0.0"), "\(answer.output)")
                let environment = try await Self.inspect(fixture.app.container, "{{json .Config.Env}}")
                #expect(environment.contains("DEVICE_PORT_FOR_8080=\(port)"))
                try await Self.ask(fixture, Self.payload(fixture, "UNINSTALLED", image: "TEST_IMAGE_HTTPD", rules))
                #expect(await fixture.reported("UNINSTALLED"))
            }
        }
    }

    @Test("a host port that another container has costs a second try, not the start (2.9, 3.6)")
    func conflict() async throws {
        try await AgentFixture.with(.embedded, appKey: 932, name: "conflictapp") { fixture in
            let occupant = "occupant-of-a-port"
            let image = TestEnvironment["TEST_IMAGE_HTTPD"]
            let occupied = try await TestEnvironment.shell(
                "docker rm -f \(occupant) >/dev/null 2>&1; docker run -d --name \(occupant) -p 0.0.0.0:41877:8080 \(image)"
            )
            #expect(occupied.status == 0, "\(occupied.output)")
            try await fixture.connected { _ in
                let rules: Object = ["ports": [["port": 8080, "protocol": "http", "host_port": 41_877]]]
                try await Self.ask(fixture, Self.payload(fixture, "RUNNING", image: "TEST_IMAGE_HTTPD", rules))
                #expect(await fixture.reported("RUNNING"), "\(fixture.agent.log.suffix(2000))")
                #expect(fixture.backend.states(of: 932) == ["STARTING", "RUNNING"])
                #expect(await eventually { Self.hostPort(fixture).map { $0 != 41_877 } ?? false })
                try await Self.ask(fixture, Self.payload(fixture, "UNINSTALLED", image: "TEST_IMAGE_HTTPD", rules))
                #expect(await fixture.reported("UNINSTALLED"))
            }
            _ = try await TestEnvironment.shell("docker rm -f \(occupant)")
        }
    }

    @Test("a DEV app runs, stops and goes by the sequences of 2.3, with the privileges that it asks for and no others")
    func development() async throws {
        try await AgentFixture.with(.embedded, appKey: 933, name: "devapp") { fixture in
            try await fixture.connected { _ in
                let container = "dev_933_devapp"
                let wish: Object = [
                    "stage": "DEV", "privileges": ["capabilities": ["NET_ADMIN"], "devices": ["/dev/null"]],
                ]
                for (target, reports) in [
                    ("RUNNING", ["STARTING", "RUNNING"]), ("PRESENT", ["STOPPING", "PRESENT"]),
                    ("RUNNING", ["STARTING", "RUNNING"]), ("UNINSTALLED", ["DELETING", "REMOVED", "UNINSTALLED"]),
                ] {
                    try await Self.ask(fixture, Self.payload(fixture, target, image: "TEST_IMAGE_TICKER", wish))
                    #expect(
                        await eventually { fixture.backend.states(of: 933) == reports },
                        "\(target): \(fixture.backend.states(of: 933)) \(fixture.agent.log.suffix(2000))")
                    guard target == "RUNNING" else { continue }
                    let host = "{{.HostConfig.Privileged}} {{json .HostConfig.CapAdd}} {{.Config.OpenStdin}}"
                    let shown = try await Self.inspect(container, host)
                    #expect(shown.contains(#"false ["NET_ADMIN"] true"#), "\(shown)")
                }
            }
        }
    }
}

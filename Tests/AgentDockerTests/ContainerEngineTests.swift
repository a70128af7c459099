import AgentCore
import DockerEngine
import DockerTestKit
import Testing

@testable import AgentDocker

@Suite("Containers behind the port")
struct ContainerEngineTests {
    private static func details(name: String, status: String = "exited") -> FakeAnswer {
        .json(
            #"{"Id":"1","Name":"\#(name)","Config":{"Tty":false,"Image":"i:1","Labels":{"real":"True"}},"#
                + #""State":{"Status":"\#(status)","ExitCode":137,"Error":"e","StartedAt":"2026-01-02T03:04:05Z"}}"#)
    }

    @Test("inspection finds exactly the name; an id's beginning is no name (C-2)")
    func inspectExactly() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let containers = DockerContainerEngine(client: client)
            engine.answer("GET", "/containers/prod_1_app/json", Self.details(name: "/prod_1_app"))
            engine.answer("GET", "/containers/ab/json", Self.details(name: "/prod_1_app"))
            let found = try #require(try await containers.inspect("prod_1_app"))
            #expect(
                found
                    == ContainerSnapshot(
                        id: "1", name: "prod_1_app", status: .exited, exitCode: 137, error: "e", image: "i:1",
                        labels: ["real": "True"], hasTTY: false, startedAt: "2026-01-02T03:04:05Z",
                        networkMode: "bridge"))
            #expect(try await containers.inspect("ab") == nil)
        }
    }

    @Test("a missing container is nil, any other error is one")
    func inspectMissing() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let containers = DockerContainerEngine(client: client)
            engine.answer("GET", "/containers/x/json", .error(404, "No such container: x"), .error(500, "broken"))
            #expect(try await containers.inspect("x") == nil)
            #expect(await engineError { _ = try await containers.inspect("x") } == EngineError(.refused, "broken"))
        }
    }

    @Test("a running container has no exit code, and a state that is not known counts as dead")
    func states() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let containers = DockerContainerEngine(client: client)
            engine.answer(
                "GET", "/containers/x/json", Self.details(name: "/x", status: "running"),
                Self.details(name: "/x", status: "levitating"))
            #expect(try await containers.inspect("x")?.exitCode == nil)
            #expect(try await containers.inspect("x")?.status == .dead)
        }
    }

    @Test("an inspection shows the configured bindings, the health, the network mode and all rights")
    func inspectWhole() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/containers/x/json",
                .json(
                    """
                    {"Id":"1","Name":"/x","State":{"Status":"running","Health":{"Status":"unhealthy"}},"HostConfig":{
                    "NetworkMode":"host","Privileged":true,"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"40000"}],
                    "53/udp":[{"HostIp":"127.0.0.1","HostPort":"53"},{"HostIp":"","HostPort":""}],
                    "9/sctp":[{"HostPort":"9"}],"x/tcp":[{"HostPort":"1"}]}}}
                    """))
            let found = try #require(try await DockerContainerEngine(client: client).inspect("x"))
            #expect(found.health == .unhealthy && found.networkMode == "host" && found.isPrivileged)
            #expect(
                Set(found.bindings) == [
                    PortBinding(container: 80, transport: .tcp, host: 40_000, address: ""),
                    PortBinding(container: 53, transport: .udp, host: 53, address: "127.0.0.1"),
                ])
        }
    }

    @Test("the containers of a project are asked for by its label, with health, exit code and live bindings")
    func project() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/containers/json",
                .json(
                    """
                    [{"Id":"1","Names":["/p-web-1"],"State":"running","Status":"Up 3 seconds (health: starting)",
                    "Labels":{"com.docker.compose.project":"p","com.docker.compose.service":"web"},
                    "Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":40000,"Type":"tcp"},
                    {"PrivatePort":81,"Type":"tcp"}]},
                    {"Id":"2","Names":["/p-init-1"],"State":"exited","Status":"Exited (3) 2 minutes ago","Labels":{}}]
                    """))
            let found = try await DockerContainerEngine(client: client).containers(ofProject: "p")
            #expect(engine.calls.first?.target.contains("com.docker.compose.project%3Dp") == true)
            #expect(found.map(\.service) == ["web", nil])
            #expect(found.first?.project == "p" && found.first?.health == .starting)
            #expect(found.first?.bindings == [PortBinding(container: 80, transport: .tcp, host: 40_000)])
            #expect(found.last?.exitCode == 3 && found.last?.health == nil)
        }
    }

    @Test("a list leaves out what it cannot understand (C-4)")
    func list() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/containers/json",
                .json(
                    """
                    [{"Id":"1","Names":["/other/link","/a"],"State":"exited","Status":"Exited (3) now","Image":"i"},
                     {"Id":"2","Names":[],"State":"running"}, {"Id":"3","Names":["/c"]}, {},
                     {"Id":"4","Names":["/d"],"State":"running","Status":"Up"}]
                    """))
            let list = try await DockerContainerEngine(client: client).list()
            #expect(list.map(\.name) == ["a", "d"])
            #expect(list.map(\.exitCode) == [3, nil])
        }
    }

    @Test("stopping a missing container is a success (P47), and without grace no time is sent")
    func stop() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let containers = DockerContainerEngine(client: client)
            engine.answer("POST", "/containers/x/stop", .error(404, "No such container: x"), .empty(), .error(500, "e"))
            try await containers.stop("x", grace: nil)
            try await containers.stop("x", grace: .seconds(1))
            #expect(engine.calls.map(\.query) == ["", "t=1"])
            #expect(await engineError { try await containers.stop("x", grace: nil) }?.code == .refused)
        }
    }

    @Test("a removal that somebody else began is awaited until the container is gone")
    func removalInProgress() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "DELETE", "/containers/x", .error(409, "removal of container x is already in progress"))
            engine.answer(
                "GET", "/containers/x/json", Self.details(name: "/x", status: "removing"),
                .error(404, "No such container: x"))
            try await DockerContainerEngine(client: client, time: InstantTime()).remove("x")
            #expect(engine.calls.map(\.method) == ["DELETE", "GET", "GET"])
            #expect(engine.calls.first?.query == "force=1")
        }
    }

    @Test("a container that outlives its removal ends the wait at its limit (C-14)")
    func removalNeverEnds() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "DELETE", "/containers/x", .error(409, "removal of container x is already in progress"))
            engine.answer("GET", "/containers/x/json", Self.details(name: "/x", status: "removing"))
            let time = InstantTime(step: .seconds(8))
            let error = await engineError { try await DockerContainerEngine(client: client, time: time).remove("x") }
            #expect(error?.code == .timedOut)
            #expect(engine.calls.count < 10)
        }
    }

    @Test("removing a missing container is a success, a refused removal is not")
    func remove() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let containers = DockerContainerEngine(client: client)
            engine.answer("DELETE", "/containers/x", .error(404, "No such container: x"), .empty(), .error(500, "e"))
            try await containers.remove("x")
            try await containers.remove("x")
            #expect(await engineError { try await containers.remove("x") }?.code == .refused)
        }
    }

    @Test("start errors are returned with their kind, none is swallowed (C-15)")
    func startErrors() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let containers = DockerContainerEngine(client: client)
            engine.answer(
                "POST", "/containers/x/start", .error(500, "OCI runtime create failed"),
                .error(500, "Bind for 0.0.0.0:40000 failed: port is already allocated"))
            #expect(await engineError { try await containers.start("x") }?.message == "OCI runtime create failed")
            #expect(await engineError { try await containers.start("x") }?.code == .portConflict(40000))
        }
    }

    @Test(
        "every kind of the engine's errors keeps its message and whether it is retryable",
        arguments: [
            (.containerNotFound, .containerNotFound), (.imageNotFound, .imageNotFound), (.notFound, .refused),
            (.nameInUse, .nameInUse), (.removalInProgress, .removalInProgress), (.portConflict(7), .portConflict(7)),
            (.imageInUse, .conflict), (.conflict, .conflict), (.notRunning, .notRunning),
            (.gpuUnavailable, .gpuUnavailable), (.unauthorized, .unauthorized), (.forbidden, .forbidden),
            (.registryUnreachable, .registryUnreachable), (.noSpace, .noSpace), (.logsNotReadable, .logsNotReadable),
            (.versionRefused, .refused), (.truncated, .truncated), (.unavailable, .unavailable),
            (.timedOut, .timedOut), (.canceled, .canceled), (.malformed, .refused), (.refused, .refused),
        ] as [(DockerError.Code, EngineError.Code)])
    func translation(from: DockerError.Code, to: EngineError.Code) {
        let translated = EngineError(DockerError(from, "sentence"))
        #expect(translated == EngineError(to, "sentence"))
        #expect(translated.isRetryable == DockerError(from, "").isRetryable)
    }
}

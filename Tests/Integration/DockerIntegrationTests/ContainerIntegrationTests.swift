import AgentCore
import AgentDocker
import DockerEngine
import IntegrationTestKit
import Testing
import Values

@Suite("Containers of the real engine")
struct ContainerIntegrationTests {
    @Test("C6: a name filter also finds longer names, newest first; an exact look-up finds one (C-2)")
    func nameFilter() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let short = try await fixture.create("true")
            let long = try await fixture.create("true", name: short + "2")
            let found = try await fixture.client.listContainers(filters: [("name", [short])])
            #expect(found.flatMap(\.names) == [long, short])
            let anchored = try await fixture.client.listContainers(filters: [("name", ["^/\(short)$"])])
            #expect(anchored.flatMap(\.names) == [short])
            let containers = DockerContainerEngine(client: fixture.client)
            #expect(try await containers.inspect(short)?.name == short)
            let id = try #require(try await containers.inspect(short)?.id)
            #expect(try await containers.inspect(String(id.prefix(12))) == nil)
        }
    }

    @Test(
        "C13: a host port that another container or a foreign process has is a port conflict; the error text stays",
        arguments: [true, false])
    func portConflict(byContainer: Bool) async throws {
        try await EngineFixture.run { (fixture) async throws in
            var port = UInt16.random(in: 42_000...47_000)
            if byContainer {
                _ = try await fixture.run(
                    "sleep 100", host: Self.binding(port), ports: ["80/tcp": [:]])
            } else {
                port =
                    UInt16(try requireVariable("TEST_REGISTRY").split(separator: ":").last.map(String.init) ?? "") ?? 0
            }
            let name = try await fixture.create("sleep 100", host: Self.binding(port), ports: ["80/tcp": [:]])
            let error = await fixture.error { try await fixture.client.startContainer(name) }
            #expect(error?.code == .portConflict(port))
            let details = try await fixture.client.inspectContainer(name)
            #expect(details.state.status == "created")
            #expect(!details.state.error.isEmpty)
            #expect(details.hostPorts == ["80/tcp": port])
        }
    }

    private static func binding(_ port: UInt16) -> Object {
        ["PortBindings": ["80/tcp": [["HostIp": "0.0.0.0", "HostPort": "\(port)"]]]]
    }

    @Test("C14: a second start and a second stop are successes")
    func twice() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let containers = DockerContainerEngine(client: fixture.client)
            let name = try await fixture.create("trap 'exit 0' TERM; while :; do sleep 0.1; done")
            try await containers.start(name)
            try await containers.start(name)
            #expect(try await containers.inspect(name)?.status == .running)
            try await containers.stop(name, grace: .seconds(5))
            try await containers.stop(name, grace: .seconds(1))
            #expect(try await containers.inspect(name)?.status == .exited)
        }
    }

    @Test("a process that ignores TERM is killed after the grace, and its exit code is 137")
    func grace() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let containers = DockerContainerEngine(client: fixture.client)
            let name = try await fixture.run("trap '' TERM; while :; do sleep 0.1; done")
            try await containers.stop(name, grace: .seconds(1))
            #expect(try await containers.inspect(name)?.exitCode == 137)
            let listed = try await containers.list().first { $0.name == name }
            #expect(listed?.exitCode == 137)
        }
    }

    @Test("C15: four concurrent forced removals are all successes")
    func concurrentRemovals() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let containers = DockerContainerEngine(client: fixture.client)
            let name = try await fixture.run("sleep 100")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await containers.remove(name) } }
                try await group.waitForAll()
            }
            #expect(try await containers.inspect(name) == nil)
        }
    }

    @Test("C16: waiting for the removal of a container that is gone is a success")
    func waitRemoved() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let name = try await fixture.create("true")
            try await fixture.client.removeContainer(name)
            let code = try await fixture.client.waitForContainer(name, until: .removed, deadline: .seconds(5))
            #expect(code == nil)
        }
    }

    @Test("a missing container is nil, stopping and removing it are successes, starting it is not")
    func missing() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let containers = DockerContainerEngine(client: fixture.client)
            let name = uniqueName("reagent_it")
            #expect(try await containers.inspect(name) == nil)
            try await containers.stop(name, grace: nil)
            try await containers.remove(name)
            let error = await fixture.error { try await fixture.client.startContainer(name) }
            #expect(error?.code == .containerNotFound)
        }
    }

    @Test("the agent's own body makes a privileged container that runs, with mounts, labels and environment")
    func agentBody() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let containers = DockerContainerEngine(client: fixture.client)
            let ticker = try requireVariable("TEST_IMAGE_TICKER")
            try await DockerImageStore(client: fixture.client).pull(
                ticker, credentials: nil, onAccepted: {}, onLine: { _ in })
            let name = uniqueName("prod_7_reagent_it")
            let specification = ContainerSpecification(
                name: name, image: ticker, environment: ["GREETING=hello"],
                labels: ["real": "True", "io.reagent.app": "7"], mounts: [.init(source: "/tmp", target: "/shared")])
            fixture.scope.add { try? await containers.remove(name) }
            let id = try await containers.create(specification)
            try await containers.start(id)
            let found = try #require(try await containers.inspect(name))
            #expect(found.status == .running && found.hasTTY && found.image == ticker)
            // The image has a label of its own.
            #expect(found.labels["real"] == "True" && found.labels["io.reagent.app"] == "7")
            let details = try await fixture.client.inspectContainer(id)
            #expect(details.raw["HostConfig"]?["Privileged"] == true)
            #expect(details.networkMode == "bridge")
            let conflict = await fixture.error {
                _ = try await fixture.client.createContainer(name: name, body: ["Image": .string(ticker)])
            }
            #expect(conflict?.code == .nameInUse)
            try await containers.remove(id)
            #expect(try await containers.inspect(name) == nil)
        }
    }

    @Test("a missing image, a missing bind source and a runtime that is not there are told apart")
    func createErrors() async throws {
        try await EngineFixture.run { (fixture) async throws in
            func create(_ body: Object) async -> DockerError? {
                await fixture.error {
                    let id = try await fixture.client.createContainer(name: uniqueName("reagent_it"), body: body)
                    fixture.scope.add { try? await fixture.client.removeContainer(id) }
                }
            }
            #expect(await create(["Image": "127.0.0.1:5001/test/none:1"])?.code == .imageNotFound)
            let mount: Value = ["Type": "bind", "Source": "/nowhere/at/all", "Target": "/x"]
            let missing = await create(["Image": .string(fixture.base), "HostConfig": ["Mounts": [mount]]])
            #expect(missing?.code == .refused && missing?.message.contains("does not exist") == true)
            let gpu = await create(["Image": .string(fixture.base), "HostConfig": ["Runtime": "nvidia"]])
            #expect(gpu?.code == .gpuUnavailable)
        }
    }
}

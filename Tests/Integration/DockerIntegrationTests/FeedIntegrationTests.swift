import AgentCore
import AgentDocker
import AsyncSupport
import DockerEngine
import IntegrationTestKit
import Logging
import Testing
import Values

@Suite("Events and lists of the real engine")
struct FeedIntegrationTests {
    @Test("events of a container's life arrive in order, with name, labels and time, also those since a past instant")
    func events() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let feed = DockerEngineFeed(client: fixture.client)
            let seen = Collected<ContainerEvent>()
            let start = WallTime.now()
            let early = try await fixture.create("true")
            let name = try await withThrowingTaskGroup(of: Void.self) { group in
                let opened = Gate()
                group.addTask { await Self.watch(feed, since: start, opened: opened, seen: seen) }
                try await opened.wait()
                let name = try await fixture.finish("true")
                try await fixture.client.removeContainer(name)
                #expect(try await seen.wait { $0.contains { $0.container == name && $0.action == "destroy" } })
                group.cancelAll()
                return name
            }
            #expect(seen.all.filter { $0.container == name }.map(\.action) == ["create", "start", "die", "destroy"])
            #expect(seen.all.contains { $0.container == early && $0.action == "create" })
            let created = try #require(seen.all.first { $0.container == name })
            #expect(created.labels["reagent.test"] == "true")
            #expect(created.time >= start)
        }
    }

    /// Ends when it is cancelled.
    private static func watch(
        _ feed: DockerEngineFeed, since start: WallTime, opened: Gate, seen: Collected<ContainerEvent>
    ) async {
        let onOpen: @Sendable () async -> Void = { await opened.open() }
        let onEvent: @Sendable (ContainerEvent) async -> Void = { seen.add($0) }
        try? await feed.watch(since: start, onOpen: onOpen, onEvent: onEvent)
    }

    @Test("lists hold the engine's own keys")
    func lists() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let feed = DockerEngineFeed(client: fixture.client)
            let name = try await fixture.create("true")
            let entry = try await feed.containerSummaries().first { $0["Names"] == [.string("/\(name)")] }
            #expect(entry?["State"] == "created")
            #expect(entry?["Ports"] != nil && entry?["HostConfig"] != nil && entry?["Mounts"] != nil)
            #expect(try await feed.imageSummaries().contains { $0["RepoTags"] != nil })
            #expect(try await feed.dataRoot()?.hasPrefix("/") == true)
        }
    }

    @Test("the version is agreed with the real engine, and another one is refused readably")
    func version() async throws {
        try await EngineFixture.run { (fixture) async throws in
            #expect(try await fixture.client.apiVersion() == APIVersion(1, 41))
            #expect(try await fixture.client.version()["ApiVersion"] == "1.41")
            var endpoint = fixture.client.endpoint
            for version in [APIVersion(1, 99), APIVersion(1, 1)] {
                endpoint.fixedVersion = version
                try await DockerClient.withClient(endpoint: endpoint, logger: Logger(label: "test")) { client in
                    let error = await fixture.error { _ = try await client.info() }
                    #expect(error?.code == .versionRefused && error?.message.contains("client version") == true)
                }
            }
        }
    }
}

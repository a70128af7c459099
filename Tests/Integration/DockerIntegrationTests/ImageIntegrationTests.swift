import AgentCore
import AgentDocker
import DockerEngine
import IntegrationTestKit
import Testing
import Values

@Suite("Images of the real engine")
struct ImageIntegrationTests {
    @Test("C17: removing an image by id that a running container uses is a conflict, not a crash of the flow")
    func inUse() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let tag = try ImageReference("127.0.0.1:5001/test/\(uniqueName("inuse")):1")
            try await fixture.client.tagImage(fixture.base, as: tag)
            fixture.scope.add { _ = try? await fixture.client.removeImage(tag.description) }
            _ = try await fixture.run("sleep 100")
            let id = try await fixture.client.inspectImage(fixture.base)["Id"]?.string
            let error = await fixture.error { try await fixture.client.removeImage(id ?? "", force: true) }
            #expect(error?.code == .imageInUse && error?.status == 409)
        }
    }

    @Test("C18: of an image with two tags only the named tag vanishes (C-3)")
    func twoTags() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let images = DockerImageStore(client: fixture.client)
            let repository = "127.0.0.1:5001/test/\(uniqueName("twotags"))"
            for tag in ["1", "2"] {
                let reference = ImageReference(repository: repository, tag: tag)
                try await fixture.client.tagImage(fixture.base, as: reference)
                fixture.scope.add { try? await images.removeTag(reference.description) }
            }
            #expect(try await Set(images.tags(of: repository)) == ["\(repository):1", "\(repository):2"])
            try await images.removeTag("\(repository):1")
            try await images.removeTag("\(repository):1")
            #expect(try await images.tags(of: repository) == ["\(repository):2"])
            #expect(try await images.contains("\(repository):2"))
            #expect(try await !images.contains("\(repository):1"))
        }
    }

    private static func pull(
        _ fixture: EngineFixture, registry: String, user: String, password: String
    ) async -> DockerError? {
        await fixture.error {
            let reference = try ImageReference("\(registry)/private/ticker:1.0.0")
            // What is there already would need no credentials: other tests may have pulled it.
            let authentication = RegistryAuthentication(username: user, password: password, serverAddress: registry)
            try await fixture.client.pullImage(reference, authentication: authentication) { _ in }
        }
    }

    @Test(
        "C20: lower-case keys in the URL-safe alphabet authenticate at a protected registry; none or wrong ones do not",
        arguments: ["TEST_REGISTRY_BASIC", "TEST_REGISTRY_TOKEN"])
    func authentication(variable: String) async throws {
        try await EngineFixture.run { (fixture) async throws in
            let registry = try requireVariable(variable)
            let user = try requireVariable("TEST_REGISTRY_USER")
            let password = try requireVariable("TEST_REGISTRY_PASSWORD")
            #expect(await Self.pull(fixture, registry: registry, user: user, password: password) == nil)
            let wrong = await Self.pull(fixture, registry: registry, user: user, password: "??>>~~")
            #expect(wrong?.code == .unauthorized)
            let anonymous = await fixture.error {
                try await fixture.client.pullImage(ImageReference("\(registry)/private/ticker:1.0.0")) { _ in }
            }
            #expect(anonymous?.code == .unauthorized)
        }
    }

    @Test("C22: a registry that cannot be reached is a retryable error with the dial text")
    func unreachable() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let error = await fixture.error {
                try await fixture.client.pullImage(ImageReference("127.0.0.1:1/x/y:1")) { _ in }
            }
            #expect(error?.code == .registryUnreachable && error?.isRetryable == true)
            #expect(error?.message.contains("dial tcp") == true)
        }
    }

    @Test("a tag that the registry does not have is 'image not found'")
    func missingTag() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let registry = try requireVariable("TEST_REGISTRY")
            let error = await fixture.error {
                try await fixture.client.pullImage(ImageReference("\(registry)/test/base:no-such")) { _ in }
            }
            #expect(error?.code == .imageNotFound)
        }
    }

    @Test("a pull tells acceptance first and the proof of completion last")
    func pull() async throws {
        try await EngineFixture.run { (fixture) async throws in
            let images = DockerImageStore(client: fixture.client)
            let told = Collected<String>()
            let reference = try requireVariable("TEST_IMAGE_HEALTHY")
            try await images.pull(
                reference, credentials: nil, onAccepted: { told.add("accepted") }, onLine: { told.add($0) })
            #expect(told.all.first == "accepted")
            #expect(told.all.last?.contains(#""status":"Status: "#) == true)
            #expect(try await images.contains(reference))
        }
    }
}

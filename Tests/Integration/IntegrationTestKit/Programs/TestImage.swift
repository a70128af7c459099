import Testing

/// An image under the name that the wire derives for an app, in the test registry and not in the engine.
public struct TestImage: Sendable {
    public let appKey: UInt64
    public let name: String

    public init(appKey: UInt64, name: String) {
        self.appKey = appKey
        self.name = name
    }

    /// As the agent names it (app-lifecycle.md 1.1).
    private static var architecture: String {
        #if arch(x86_64)
            "amd64"
        #else
            "arm64"
        #endif
    }

    public var container: String { "prod_\(appKey)_\(name)" }
    public var repository: String {
        "\(TestEnvironment["TEST_REGISTRY"])/apps/prod_\(Self.architecture)_\(appKey)_\(name)"
    }
    public func reference(_ version: String = "1.0.0") -> String { "\(repository):\(version)" }

    /// Publishes a copy of a test image; the engine keeps none of it.
    public func publish(from image: String = TestEnvironment["TEST_IMAGE_TICKER"], version: String = "1.0.0")
        async throws
    {
        let to = reference(version)
        let result = try await TestEnvironment.shell(
            "docker rm -f \(container) >/dev/null 2>&1; docker pull -q \(image) && docker tag \(image) \(to) "
                + "&& docker push -q \(to) && { docker rmi \(to) || ! docker image inspect \(to) >/dev/null 2>&1; }")
        #expect(result.status == 0, "the test image could not be published: \(result.output)")
    }

    /// Removes container and tags.
    public func clean() async {
        _ = try? await TestEnvironment.shell(
            "docker rm -f \(container); docker images -q --filter reference='\(repository)' | xargs -r docker rmi -f")
    }
}

import NIOHTTP1

/// Which version requests carry: agreed once, and again after the engine was away (1.1).
actor VersionNegotiation {
    private let fixed: APIVersion?
    private let newest: APIVersion
    private var agreed: APIVersion?
    private let ping: @Sendable () async throws(DockerError) -> EngineAnswer

    /// `ping` sends `/_ping` without version and returns any answer below 400.
    init(
        fixed: APIVersion?, newest: APIVersion,
        ping: @escaping @Sendable () async throws(DockerError) -> EngineAnswer
    ) {
        self.fixed = fixed
        self.newest = newest
        self.ping = ping
    }

    /// The version to use now; asks the engine when none is agreed.
    func version() async throws(DockerError) -> APIVersion {
        if let known = fixed ?? agreed { return known }
        return agree(on: try await ping())
    }

    /// Takes the engine's version from the headers of a ping.
    @discardableResult
    func agree(on answer: EngineAnswer) -> APIVersion {
        let offered = answer.headers.first(name: "Api-Version").flatMap(APIVersion.init) ?? .unnamed
        let version = min(newest, offered)
        agreed = version
        return fixed ?? version
    }

    /// Forgets the agreement: the engine may be another one when it is back.
    func forget() { agreed = nil }
}

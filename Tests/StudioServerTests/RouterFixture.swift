import AsyncSupport
import AsyncTestKit
import Logging
import StudioCore
import Testing
import Values
import WAMP

@testable import StudioServer

/// The studio's authenticator and rules on a real database, asked as the router would ask them.
struct RouterFixture {
    static let operatorSecret = "operator-secret"
    static let systemSecret = "system-secret"
    static let userID: UInt32 = 1000

    let bench: Bench
    let registry: JoinRegistry
    let gate = Gate()
    let authenticator: StudioAuthenticator
    let authorizer: StudioAuthorizer

    static func with(
        isServing: Bool = true, _ body: (RouterFixture) async throws -> Void
    ) async throws {
        try await Bench.inDirectory { directory in
            try await Bench.open(directory) { bench in
                let store = try await StudioStore(path: Bench.database(in: directory))
                let fixture = RouterFixture(bench: bench, store: store)
                if isServing { await fixture.gate.open() }
                do {
                    try await body(fixture)
                } catch {
                    await store.close()
                    throw error
                }
                await store.close()
            }
        }
    }

    private init(bench: Bench, store: StudioStore) {
        self.bench = bench
        registry = JoinRegistry(store: store, realm: "realm1", swarmKey: 1)
        authenticator = StudioAuthenticator(
            registry: registry, operatorSecret: Self.operatorSecret, systemSecret: Self.systemSecret,
            userID: Self.userID, isServing: gate, time: bench.time)
        authorizer = StudioAuthorizer(
            policy: RouterPolicy(swarmKey: 1), registry: registry,
            log: DenialLog(logger: Logger(label: "rules") { _ in SwiftLogNoOpLogHandler() }))
    }

    /// What a join gets: the principal, or the refusal.
    func join(
        _ authID: String?, methods: [String] = ["wampcra"], realm: String = "realm1",
        from peer: PeerAddress = .network("10.0.0.1")
    ) async -> Result<Principal, JoinRefusal> {
        let request = JoinRequest(realm: realm, authID: authID, authMethods: methods, peer: peer)
        do throws(JoinRefusal) {
            return .success(try await authenticator.principal(for: request))
        } catch {
            return .failure(error)
        }
    }

    func allows(
        _ verb: RouterVerb, _ uri: String, match: MatchPolicy = .exact, authID: String, role: String = "device"
    ) -> Bool {
        let identity = SessionIdentity(
            session: 7, realm: "realm1", authID: authID, authRole: role, authMethod: "wampcra", authProvider: "dynamic")
        return authorizer.allows(verb, uri, match: match, by: identity)
    }
}

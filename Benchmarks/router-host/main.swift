import Logging
import WAMP
import WAMPRouter
import WAMPTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

// router-host PORT: the embedded router with one realm, `bench`, that everybody may join and where everything is allowed.
// Prints `listening` when it serves.

/// Lets everybody in.
struct OpenDoor: RouterAuthenticator, RouterAuthorizer {
    func principal(for request: JoinRequest) async throws(JoinRefusal) -> Principal {
        Principal(authID: "bench", authRole: "bench", authProvider: "static", proof: .none)
    }

    func allows(_ verb: RouterVerb, _ uri: String, match: MatchPolicy, by identity: SessionIdentity) -> Bool { true }
}

guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
    print("usage: router-host PORT")
    exit(2)
}
let door = OpenDoor()
let router = WAMPRouter(
    configuration: RouterConfiguration(
        realms: ["bench"], listeners: [.tcp(host: "127.0.0.1", port: port)],
        // Thousands of sessions join from one address here.
        joinLimit: JoinLimit(rate: 100_000, burst: 100_000)),
    authenticator: door, authorizer: door, logger: Logger(label: "router") { _ in SwiftLogNoOpLogHandler() })
try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await router.run() }
    _ = try await router.listening()
    print("listening")
    fflush(nil)
    try await group.next()
}

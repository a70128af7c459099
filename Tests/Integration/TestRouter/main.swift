import AsyncSupport
import Logging
import WAMP
import WAMPRouter
import WAMPTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

// The embedded router as a program of its own, for tests that play the backend themselves, kill the router and start it
// again. In no product.
//
//   testrouter PORT AUTHID:ROLE:SECRET…    realm1 on /ws-re-dev, loopback; these accounts, which may do everything
//
// Prints `listening on URL` and ends with its parent.

/// Static accounts, as Crossbar's configuration has them.
struct Accounts: RouterAuthenticator {
    var principals: [String: Principal] = [:]

    init(_ words: ArraySlice<String>) {
        for word in words {
            let parts = word.split(separator: ":", maxSplits: 2).map(String.init)
            guard parts.count == 3 else { continue }
            principals[parts[0]] = Principal(
                authID: parts[0], authRole: parts[1], authProvider: "static", proof: .wampcra(secret: parts[2]))
        }
    }

    func principal(for request: JoinRequest) async throws(JoinRefusal) -> Principal {
        guard let principal = request.authID.flatMap({ principals[$0] }) else { throw .unknownPrincipal }
        return principal
    }
}

struct Everything: RouterAuthorizer {
    func allows(_ verb: RouterVerb, _ uri: String, match: MatchPolicy, by identity: SessionIdentity) -> Bool { true }
}

guard let port = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }) else { exit(2) }
let router = WAMPRouter(
    configuration: RouterConfiguration(
        realms: ["realm1"], listeners: [.tcp(host: "127.0.0.1", port: port)], paths: ["/ws-re-dev"]),
    authenticator: Accounts(CommandLine.arguments.dropFirst(2)), authorizer: Everything(),
    logger: Logger(label: "router"))
let parent = getppid()
try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await router.run() }
    group.addTask {
        for case .tcp(_, let port) in try await router.listening() {
            print("listening on ws://127.0.0.1:\(port)/ws-re-dev")
        }
        fflush(nil)
        while getppid() == parent { try await SystemTime().sleep(for: .seconds(1)) }
    }
    try await group.next()
    group.cancelAll()
}

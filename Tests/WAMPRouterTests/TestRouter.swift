import AsyncSupport
import Logging
import Synchronization
import Testing
import Values
import WAMP
import WAMPClient
import WAMPRouter
import WAMPTestKit
import WAMPTransport

let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Accounts by name, and anybody without one.
struct Accounts: RouterAuthenticator {
    static let provider = "static"
    var principals: [String: Principal] = [
        "tom": Principal(authID: "tom", authRole: "operator", authProvider: provider, proof: .ticket("hush")),
        "dev": Principal(authID: "dev", authRole: "device", authProvider: provider, proof: .wampcra(secret: "s3cret")),
    ]
    /// Runs before every answer.
    var before: @Sendable (JoinRequest) async -> Void = { _ in }

    func principal(for request: JoinRequest) async throws(JoinRefusal) -> Principal {
        await before(request)
        if case .local(let user) = request.peer {
            return Principal(authID: "user\(user)", authRole: "system", authProvider: "peer", proof: .none)
        }
        guard let name = request.authID else {
            return Principal(authID: "anybody", authRole: "anonymous", authProvider: Self.provider, proof: .none)
        }
        if name == "banned" {
            throw JoinRefusal(uri: "wamp.error.authentication_denied", message: "This device is blocked.")
        }
        guard let principal = principals[name] else { throw .unknownPrincipal }
        return principal
    }
}

/// Everything but URIs with `secret` in them.
struct Rules: RouterAuthorizer {
    func allows(_ verb: RouterVerb, _ uri: String, match: MatchPolicy, by identity: SessionIdentity) -> Bool {
        !uri.contains("secret") || identity.authRole == "operator"
    }
}

/// A router that runs, on a loopback port of its own.
struct TestRouter: Sendable {
    let router: WAMPRouter
    let port: Int

    func client(_ authentication: Authentication = .anonymous, realm: String = "realm1") -> WAMPClientConfiguration {
        WAMPClientConfiguration(
            url: "ws://127.0.0.1:\(port)/ws", realm: realm, authentication: authentication,
            connectTimeout: .seconds(20), responseTimeout: .seconds(20), pingInterval: nil)
    }

    func session<R: Sendable>(
        _ authentication: Authentication = .anonymous, _ body: @Sendable (WAMPSession) async throws -> R
    ) async throws -> R {
        try await WAMPClient.withSession(client(authentication), logger: quiet, body)
    }

    /// The sessions of the realm, without the one that asks.
    func sessionCount() async throws -> Int64 {
        let count = try await session { try await $0.call("wamp.session.count") }
        guard case .int(let number) = count.args.first else { throw ScriptError("no count") }
        return number - 1
    }

    /// A raw client that has joined.
    func raw(_ roles: String = #"{"caller":{},"callee":{},"publisher":{},"subscriber":{}}"#) async throws -> RawWAMP {
        let peer = try await RawWAMP(port: port)
        _ = try await peer.join(roles)
        return peer
    }
}

/// A client that writes messages as text.
struct RawWAMP {
    let socket: RawWebSocketClient

    init(port: Int) async throws { socket = try await RawWebSocketClient(opening: .port(port)) }

    /// Says HELLO; returns the number of the session.
    @discardableResult
    func join(_ roles: String = #"{"caller":{},"callee":{},"publisher":{},"subscriber":{}}"#) async throws -> UInt64 {
        try await send(#"[1,"realm1",{"roles":\#(roles)}]"#)
        guard case .welcome(let session, _) = try await receive() else { throw ScriptError("no WELCOME") }
        return session
    }

    func send(_ text: String) async throws { try await socket.send(text) }

    func receive() async throws -> Message { try Message(value: JSON.decode(try await socket.receiveText())) }

    /// Sends and returns what comes next.
    func ask(_ text: String) async throws -> Message {
        try await send(text)
        return try await receive()
    }

    /// Reads on to a message that the closure takes.
    func wait<T>(for take: (Message) -> T?) async throws -> T {
        while true {
            if let value = take(try await receive()) { return value }
        }
    }

    func close() async { await socket.raw.close() }
}

/// Runs a router while the body runs, then drains it.
func withRouter<R>(
    accounts: Accounts = Accounts(), time: any TimeSource = SystemTime(),
    configure: (inout RouterConfiguration) -> Void = { _ in }, _ body: (TestRouter) async throws -> R
) async throws -> R {
    var configuration = RouterConfiguration(
        realms: ["realm1", "realm2"], listeners: [.tcp(host: "127.0.0.1", port: 0)], pingInterval: nil,
        goodbyeGrace: .milliseconds(500), drainTimeout: .seconds(3))
    configure(&configuration)
    let router = WAMPRouter(
        configuration: configuration, authenticator: accounts, authorizer: Rules(), time: time, logger: quiet)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await router.run() }
        let result: Result<R, any Error>
        do {
            let ports = try await router.listening().compactMap { address in
                if case .tcp(_, let port) = address { port } else { nil }
            }
            result = .success(try await body(TestRouter(router: router, port: ports.first ?? 0)))
        } catch {
            result = .failure(error)
        }
        group.cancelAll()
        try await group.waitForAll()
        return try result.get()
    }
}

/// Repeats until the condition holds; the suite's time limit bounds it.
func eventually(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { await Task.yield() }
}

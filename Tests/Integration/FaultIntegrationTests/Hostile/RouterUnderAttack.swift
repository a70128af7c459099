import Logging
import NIOCore
import Testing
import Values
import WAMP
import WAMPClient
import WAMPRouter
import WAMPTestKit
import WAMPTransport

/// The embedded router on a loopback port, and sessions of honest clients on it.
struct RouterUnderAttack: Sendable {
    let router: WAMPRouter
    let port: Int

    private struct Accounts: RouterAuthenticator, RouterAuthorizer {
        func principal(for request: JoinRequest) async throws(JoinRefusal) -> Principal {
            guard request.authID == "honest" else {
                return Principal(authID: "stranger", authRole: "stranger", authProvider: "static", proof: .none)
            }
            return Principal(
                authID: "honest", authRole: "honest", authProvider: "static", proof: .wampcra(secret: "secret"))
        }

        /// Strangers may do all but send others away.
        func allows(_ verb: RouterVerb, _ uri: String, match: MatchPolicy, by identity: SessionIdentity) -> Bool {
            identity.authRole == "honest"
                || !uri.hasPrefix("wamp.session.kill")
                    && uri != "wamp.registration.remove_callee" && !uri.hasPrefix("honest.")
        }
    }

    static func with(_ body: @escaping @Sendable (RouterUnderAttack) async throws -> Void) async throws {
        var configuration = RouterConfiguration(realms: ["realm1"], listeners: [.tcp(host: "127.0.0.1", port: 0)])
        configuration.joinLimit = JoinLimit(rate: 1e9, burst: 1e9)
        configuration.goodbyeGrace = .milliseconds(40)
        let accounts = Accounts()
        let router = WAMPRouter(
            configuration: configuration, authenticator: accounts, authorizer: accounts,
            logger: Logger(label: "router") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await router.run() }
            defer { group.cancelAll() }
            guard case .tcp(_, let port)? = try await router.listening().first else {
                throw ScriptError("The router has no port.")
            }
            try await body(RouterUnderAttack(router: router, port: port))
        }
    }

    /// An honest session.
    func session(_ body: @escaping @Sendable (WAMPSession) async throws -> Void) async throws {
        var configuration = WAMPClientConfiguration(
            url: "ws://127.0.0.1:\(port)/ws", realm: "realm1",
            authentication: .wampcra(authID: "honest", secret: "secret"))
        configuration.connectTimeout = .seconds(20)
        let logger = Logger(label: "client") { _ in SwiftLogNoOpLogHandler() }
        try await WAMPClient.withSession(configuration, logger: logger) { try await body($0) }
    }

    /// One hostile connection: joins, sends what a session survives, proves that it did, sends what ends it, and waits
    /// for the end.
    /// - Returns: how many malformed messages were sent.
    func attack(_ messages: inout MalformedMessages, count: Int, end kind: String) async throws -> Int {
        let client = try await RawWebSocketClient(opening: .port(port))
        try await client.send(#"[1,"realm1",{"roles":{"caller":{},"callee":{},"publisher":{},"subscriber":{}}}]"#)
        #expect(try await client.receiveText().hasPrefix("[2,"))
        var batch = ByteBuffer()
        for _ in 0..<count { batch.writeImmutableBuffer(messages.survivable().frames) }
        try await client.raw.write(batch)
        // A call of its own number after all of them: its answer comes last.
        try await client.send(#"[48,9000000000000000,{},"wamp.session.count"]"#)
        while true {
            let text = try await client.receiveText()
            guard !text.hasPrefix("[3,") else {
                Issue.record("the session ended: \(text.prefix(300))")
                return count
            }
            if text.hasPrefix("[50,9000000000000000,") || text.hasPrefix("[8,48,9000000000000000,") { break }
        }
        if let sample = messages.fatal(kind) { try await client.raw.write(sample.frames) }
        // A close frame, or the end without one; the router need not wait for ours.
        _ = try? await client.receiveClose()
        await client.raw.close()
        return count + 1
    }
}

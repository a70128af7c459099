import Logging
import Testing
import Values
import WAMP
import WAMPClient
import WAMPTestKit

/// Limits that no test reaches, and no pings.
func configuration(_ url: String) -> WAMPClientConfiguration {
    WAMPClientConfiguration(
        url: url, realm: "realm1", authentication: .anonymous, connectTimeout: .seconds(20),
        responseTimeout: .seconds(20), pingInterval: nil)
}

let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Runs a joined session against a router's script that begins after WELCOME. When the script ends, GOODBYE is
/// answered for it.
func withSession<R: Sendable>(
    dealer features: [String] = [], configure: @escaping @Sendable (inout WAMPClientConfiguration) -> Void = { _ in },
    client: @escaping @Sendable (WAMPSession) async throws -> R,
    router: @escaping @Sendable (ScriptedRouter) async throws -> Void
) async throws -> R {
    try await withScriptedRouter { url in
        var configuration = configuration(url)
        configure(&configuration)
        return try await WAMPClient.withSession(configuration, logger: quiet, client)
    } router: { peer, _ in
        try await peer.welcome(dealer: .init(features.map { ($0, true) }))
        try await router(peer)
        try await peer.goodbye()
    }
}

/// The error that the closure throws.
func failure<R>(_ body: () async throws(WAMPError) -> R) async -> WAMPError? {
    do throws(WAMPError) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

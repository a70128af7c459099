import Logging
import StudioCore
import StudioServer
import Values
import WAMP
import WAMPClient

/// A command's session with the router; calls the studio's operator procedures.
struct Operator: Sendable {
    let session: WAMPSession

    /// Joins, runs the body and leaves.
    static func with<Result: Sendable>(
        _ options: DataOptions, _ body: @Sendable (Operator) async throws -> Result
    ) async throws -> Result {
        let access = try RouterAccess.load(from: options.data)
        let way = try access.way(in: options.data)
        let configuration = WAMPClientConfiguration(
            url: way.url, realm: access.realm, authentication: way.authentication, connectTimeout: .seconds(10))
        do {
            return try await WAMPClient.withSession(configuration, logger: Logger(label: "studio")) { session in
                try await body(Operator(session: session))
            }
        } catch let error as WAMPError {
            throw Self.explained(error)
        }
    }

    /// Calls a procedure and returns its first result.
    func ask(_ procedure: String, _ argument: Object = [:]) async throws -> Value {
        do {
            return try await session.call(procedure, [.object(argument)]).args.first ?? .null
        } catch {
            throw Self.explained(error)
        }
    }

    /// The one place where router errors become an operator's sentence.
    private static func explained(_ error: WAMPError) -> StudioError {
        if error.uri == "wamp.error.no_such_procedure" {
            return StudioError(.unavailable, "no studio is serving on this router: start `studio serve`")
        }
        if error.code == .connectionFailed || error.code == .timeout {
            return StudioError(
                .unavailable,
                "the studio does not answer: is `studio serve` running with this data directory? "
                    + "(\(error.message))")
        }
        let text = error.args.first?.string ?? error.message
        return StudioError(StudioError.Code(rawValue: error.uri) ?? .unavailable, text)
    }
}

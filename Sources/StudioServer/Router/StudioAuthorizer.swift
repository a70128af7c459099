import Logging
import StudioCore
import Synchronization
import WAMP
import WAMPRouter

/// ``RouterPolicy`` as the router asks it.
struct StudioAuthorizer: RouterAuthorizer {
    let policy: RouterPolicy
    let registry: JoinRegistry
    let log: DenialLog

    func allows(
        _ verb: RouterVerb, _ uri: String, match: MatchPolicy, by identity: SessionIdentity
    ) -> Bool {
        let decision = policy.decision(
            Self.verb(verb), uri, match: Self.match(match),
            by: RouterAccount(authID: identity.authID, role: identity.authRole), serial: registry.serial(of:))
        guard case .denied(let reason) = decision else { return true }
        log.note(session: identity.session, authID: identity.authID, verb: verb.rawValue, uri: uri, reason: reason)
        return false
    }

    private static func verb(_ verb: RouterVerb) -> RouterPolicy.Verb {
        switch verb {
        case .call: .call
        case .register: .register
        case .publish: .publish
        case .subscribe: .subscribe
        }
    }

    private static func match(_ match: MatchPolicy) -> RouterPolicy.Match {
        switch match {
        case .exact: .exact
        case .prefix: .prefix
        case .wildcard: .wildcard
        }
    }
}

/// Writes a refusal to the log, the first ones of a session only: a session that does nothing but ask must not fill it.
final class DenialLog: Sendable {
    private static let linesPerSession = 5
    /// Sessions that are remembered; then counting begins anew.
    private static let maximumSessions = 1024
    /// Names come from the peer.
    private static let maximumLength = 200

    private let logger: Logger
    private let counts = Mutex<[UInt64: Int]>([:])

    init(logger: Logger) { self.logger = logger }

    func note(session: UInt64, authID: String, verb: String, uri: String, reason: String) {
        let count = counts.withLock { counts in
            if counts.count >= Self.maximumSessions { counts.removeAll() }
            counts[session, default: 0] += 1
            return counts[session, default: 0]
        }
        guard count <= Self.linesPerSession else { return }
        logger.notice(
            "refused",
            metadata: [
                "authid": "\(authID)", "verb": "\(verb)", "uri": "\(uri.prefix(Self.maximumLength))",
                "reason": "\(reason)",
            ])
    }
}

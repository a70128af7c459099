public import WAMP

/// Knows the accounts of a router.
public protocol RouterAuthenticator: Sendable {
    /// The account that the client claims to be and what it has to prove, or why it may not join.
    ///
    /// It may take its time, up to the router's `authenticateTimeout`: then the task is cancelled. Several requests are
    /// asked at the same time.
    func principal(for request: JoinRequest) async throws(JoinRefusal) -> Principal
}

/// Knows what sessions may do.
public protocol RouterAuthorizer: Sendable {
    /// Asked for every request on the router's event loop: it has to be quick and always of the same opinion.
    func allows(_ verb: RouterVerb, _ uri: String, match: MatchPolicy, by identity: SessionIdentity) -> Bool
}

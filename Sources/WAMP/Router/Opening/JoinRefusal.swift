/// Why an authenticator does not let a client in; becomes the reason and the message of an ABORT.
///
/// With the URI ``ErrorURI/noSuchPrincipal`` the client is not told: it is challenged like an account that exists and
/// fails at its signature, so that nobody can find out which accounts there are (wamp-protocol.md 10).
public struct JoinRefusal: Error, Sendable, Hashable {
    public let uri: String
    /// A sentence for people; the client sees it.
    public let message: String

    /// A refusal with its reason URI.
    public init(uri: String, message: String) {
        self.uri = uri
        self.message = message
    }

    /// There is no account of that name.
    public static let unknownPrincipal = JoinRefusal(uri: ErrorURI.noSuchPrincipal, message: "no such principal")
}

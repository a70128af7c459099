import WAMP

/// The sentence for people when the router refuses the device (wamp-protocol.md 10). The reference ends its process on
/// one of them (system.md 8.5); here it is a reason to wait for somebody to correct the identity file or the router.
enum RouterRefusal {
    static func sentence(_ error: WAMPError, _ credentials: LinkCredentials, realm: String) -> String {
        let reason = error.message.isEmpty || error.message == error.uri ? error.uri : "\(error.uri): \(error.message)"
        return "\(what(error.uri, credentials, realm)) (\(reason)); "
            + "the apps go on, the next try comes at the latest in 5 minutes or when the identity file changes"
    }

    private static func what(_ uri: String, _ credentials: LinkCredentials, _ realm: String) -> String {
        switch uri {
        case ErrorURI.noSuchRealm: "the router \(credentials.url) has no realm \(realm)"
        case ErrorURI.noSuchRole:
            "the router \(credentials.url) gives \(credentials.authID) a role that it does not have"
        case ErrorURI.noAuthMethod, ErrorURI.noMatchingAuthMethod:
            "the router \(credentials.url) does not take the proof of identity that this device has (wampcra)"
        case ErrorURI.noSuchPrincipal: "the router \(credentials.url) does not know this device (\(credentials.authID))"
        default:
            "the router \(credentials.url) does not accept this device (\(credentials.authID)): check device_key, "
                + "swarm_key and secret in the identity file"
        }
    }
}

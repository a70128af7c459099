extension SessionEnd {
    private static let permanentReasons: Set<String> = [
        ErrorURI.notAuthorized, ErrorURI.authenticationFailed, ErrorURI.authenticationDenied,
        ErrorURI.noSuchPrincipal, ErrorURI.noSuchRealm, ErrorURI.noSuchRole, ErrorURI.noAuthMethod,
        ErrorURI.noMatchingAuthMethod,
    ]

    /// True when trying again as before is useless: the router refused who we are or where we want to go
    /// (wamp-protocol.md 10, decision). Everything else, also a bare disconnect, is transient.
    public var isPermanent: Bool { kind == .aborted && !wasOpen && Self.permanentReasons.contains(reason) }
}

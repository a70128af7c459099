/// Broker, dealer, meta API and testaments of one realm: says what to do, does nothing itself.
///
/// Every event of every session goes in through a method, and what has to happen comes out as actions, to be carried
/// out in their order before the next event goes in. That is what the guarantees of order rest on (wamp-protocol.md
/// 12). A payload is passed on as it is; only the meta API looks into one.
public struct RealmMachine: Sendable {
    /// Whether a session may do that with the URI; for `subscribe` and `register` the URI is a pattern of that kind.
    /// It is asked for every request and has to be quick.
    public typealias Authorization = @Sendable (RouterVerb, String, MatchPolicy, SessionIdentity) -> Bool

    let realm: String
    let options: RealmOptions
    let authorize: Authorization

    /// A realm without sessions.
    /// - Parameter random: where the identifiers start from.
    public init(
        realm: String, options: RealmOptions = RealmOptions(), authorize: @escaping Authorization,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.realm = realm
        self.options = options
        self.authorize = authorize
    }
}

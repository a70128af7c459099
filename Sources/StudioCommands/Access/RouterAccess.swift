import Files
import StudioCore
import StudioServer
import Values
import WAMP

/// How commands reach the router that `studio serve` uses: written by it into its data directory, mode 0600.
struct RouterAccess: Sendable, Equatable {
    /// Who the commands are.
    enum Account: Sendable, Equatable {
        /// On the studio's own router: `operator`, with the secret of a file beside this one, or through the socket.
        case `operator`
        /// On somebody else's router: `system`, as the studio itself.
        case system(secret: String)
    }

    var url: String
    var realm: String
    var account: Account

    static func path(in data: String) -> String { data + "/router.json" }

    func save(in data: String) throws {
        var value: Object = ["url": .string(url), "realm": .string(realm)]
        switch account {
        case .operator: value["account"] = "operator"
        case .system(let secret): value["secret"] = .string(secret)
        }
        try AtomicFile.write(
            JSON.encode(.object(value), style: .goIndented(2)), to: Self.path(in: data), mode: 0o600, keepBackup: false)
    }

    static func load(from data: String) throws -> RouterAccess {
        let bytes = try read(path(in: data), of: data)
        let value = try? JSON.decode(bytes)
        guard let url = value?["url"]?.string, let realm = value?["realm"]?.string,
            let account = account(value)
        else { throw StudioError(.unavailable, "“\(path(in: data))” is damaged: start `studio serve` again") }
        return RouterAccess(url: url, realm: realm, account: account)
    }

    private static func account(_ value: Value?) -> Account? {
        if value?["account"]?.string == RouterAccount.operatorID { return .operator }
        return (value?["secret"]?.string).map { .system(secret: $0) }
    }

    private static func read(_ path: String, of data: String) throws(StudioError) -> [UInt8] {
        do throws(FileError) {
            return try AtomicFile.read(path)
        } catch {
            let isMissing = error.code == .notFound
            throw StudioError(
                .unavailable,
                isMissing
                    ? "no studio has served from “\(data)” yet: start `studio serve` with this data directory"
                    : "\(error)")
        }
    }

    /// The way in: the studio's socket where there is one, else the address with the secret.
    func way(in data: String) throws(StudioError) -> (url: String, authentication: Authentication) {
        switch account {
        case .system(let secret): return (url, .wampcra(authID: RouterAccount.systemID, secret: secret))
        case .operator:
            if let socket = StudioSocket.path(in: data), StudioSocket.exists(socket) {
                return (StudioSocket.url(socket), .anonymous)
            }
            guard let secret = try OperatorSecret.load(from: data) else {
                throw StudioError(
                    .unavailable, "“\(OperatorSecret.path(in: data))” is missing: start `studio serve` again")
            }
            return (url, .wampcra(authID: RouterAccount.operatorID, secret: secret))
        }
    }
}

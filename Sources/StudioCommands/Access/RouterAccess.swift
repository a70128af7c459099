import Files
import StudioCore
import Values

/// How commands reach the router that `studio serve` uses: written by it into its data directory, mode 0600.
struct RouterAccess: Sendable, Equatable {
    var url: String
    var realm: String
    /// Secret of the router identity `system`.
    var secret: String

    static func path(in data: String) -> String { data + "/router.json" }

    func save(in data: String) throws {
        let value: Value = ["url": .string(url), "realm": .string(realm), "secret": .string(secret)]
        try AtomicFile.write(
            JSON.encode(value, style: .goIndented(2)), to: Self.path(in: data), mode: 0o600, keepBackup: false)
    }

    static func load(from data: String) throws -> RouterAccess {
        let bytes = try read(path(in: data), of: data)
        guard let value = try? JSON.decode(bytes), let url = value["url"]?.string, let realm = value["realm"]?.string,
            let secret = value["secret"]?.string
        else { throw StudioError(.unavailable, "“\(path(in: data))” is damaged: start `studio serve` again") }
        return RouterAccess(url: url, realm: realm, secret: secret)
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
}

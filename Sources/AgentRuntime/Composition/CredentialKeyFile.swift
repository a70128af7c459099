import Files

/// The key that app credentials are derived from (app-lifecycle.md 3.2), kept in the agent directory, mode 0600.
///
/// The reference keeps it in memory only, so that an app that is started before the first connection, for example after
/// a power cut, has no credential until it is started again.
struct CredentialKeyFile: Sendable {
    static let name = "credential.key"

    private let path: String

    init(directory: String) { path = FilePath.join(directory, Self.name) }

    /// The key of an earlier run; empty when there is none.
    func load() -> String {
        (try? AtomicFile.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    func save(_ key: String) throws(FileError) {
        try AtomicFile.write(Array(key.utf8), to: path, mode: 0o600, keepBackup: false)
    }
}

/// Images of the engine on this device.
public protocol ImageStore: Sendable {
    /// Whether exactly this reference is there (P57).
    func contains(_ reference: String) async throws(EngineError) -> Bool

    /// Pulls a reference. `onAccepted` runs once, when the engine has accepted the request and before the first line;
    /// `onLine` gets each progress object as one line of JSON (1.8). Returns only after the proof of completion (C-9).
    func pull(
        _ reference: String, credentials: RegistryCredentials?, onAccepted: @Sendable () async -> Void,
        onLine: @Sendable (String) async -> Void
    ) async throws(EngineError)

    /// Every reference `repository:tag` of a repository.
    func tags(of repository: String) async throws(EngineError) -> [String]

    /// Removes one tag; a missing one is a success.
    func removeTag(_ reference: String) async throws(EngineError)
}

/// User and password of a registry. Never logged, never in argv.
public struct RegistryCredentials: Sendable, Equatable, CustomStringConvertible {
    public var server: String
    public var user: String
    public var password: String

    public init(server: String, user: String, password: String) {
        self.server = server
        self.user = user
        self.password = password
    }

    public var description: String { "credentials for \(server)" }
}

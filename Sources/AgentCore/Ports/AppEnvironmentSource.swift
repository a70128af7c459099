/// Builds an app's environment (app-lifecycle.md 3.1): every variable in its final order, and what goes with it.
public protocol AppEnvironmentSource: Sendable {
    /// The environment as of now. A name that cannot be set is left out and said in `warnings`.
    ///
    /// - Parameter ports: what tells the app its ports.
    /// - Throws: when the stored environment is not of the wire's form; the app must not start without it (P15).
    func environment(for app: InstalledApp, wanted: WantedApp, ports: PortVariables)
        async throws(EnvironmentError) -> AppEnvironment

    /// The credential of 3.2 alone, which does not depend on the user's variables; nil when it cannot be derived.
    func credential(for app: InstalledApp, wanted: WantedApp) async -> AppCredential?
}

/// What an app finds in its environment and in `/data/env`.
public struct AppEnvironment: Sendable, Equatable {
    /// All variables in their final order; on duplicates the last one counts.
    public var variables: [EnvironmentVariable]
    /// The credential of 3.2, nil when it cannot be derived.
    public var credential: AppCredential?
    /// Sentences for the app's log, for example about dropped names.
    public var warnings: [String]

    public init(variables: [EnvironmentVariable], credential: AppCredential? = nil, warnings: [String] = []) {
        self.variables = variables
        self.credential = credential
        self.warnings = warnings
    }
}

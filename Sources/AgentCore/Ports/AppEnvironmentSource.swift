/// Builds an app's environment (app-lifecycle.md 3.1): every variable in its final order, and what goes with it.
public protocol AppEnvironmentSource: Sendable {
    /// The environment as of now. Never fails: what cannot be built is left out and said in `warnings`.
    func environment(for app: InstalledApp, wanted: WantedApp) async -> AppEnvironment
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

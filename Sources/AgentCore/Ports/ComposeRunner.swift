/// Runs Docker's own compose program on projects of this device (containers-logs-terminal.md 2). Only for what changes
/// something: states, logs and ports are asked of the engine by project label.
public protocol ComposeRunner: Sendable {
    /// Whether a compose program of version 2 is there. A no is asked again with the next question (2.1).
    func isSupported() async -> Bool

    /// Runs one command to its end. `onLine` gets each line of output, without its line end.
    ///
    /// - Parameter logins: registries that the command may have to log in at; empty for what needs no network (P21).
    /// - Throws: `portConflict`, `timedOut`, `canceled`, `unavailable` or `refused`, with the last lines of output.
    func run(
        _ command: ComposeCommand, of project: ComposeProject, logins: [RegistryCredentials],
        onLine: @Sendable (String) async -> Void
    ) async throws(EngineError)
}

/// The commands of containers-logs-terminal.md 2.3 that the lanes give.
public enum ComposeCommand: Sendable, Hashable {
    /// `up --remove-orphans -d`, with `--no-build` unless `building`.
    case up(building: Bool)
    case stop
    /// `rm -f`
    case removeStopped
    /// `down`, with `-v` only where named volumes shall go (P5).
    case down(volumes: Bool)
    /// `pull` of these services.
    case pull([String])
}

/// A generated compose project on disk.
public struct ComposeProject: Sendable, Hashable {
    /// The project's name, which is the top-level `name` of its file.
    public var name: String
    /// Absolute path of `docker-compose.json`.
    public var file: String

    public init(name: String, file: String) {
        self.name = name
        self.file = file
    }
}

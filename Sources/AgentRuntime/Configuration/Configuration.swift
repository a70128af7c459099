public import Files

/// What the command line decided (system.md 1.2). Everything else comes from the identity file.
public struct Configuration: Sendable, Equatable {
    /// The identity file as given.
    public var identityPath: String
    public var agentDirectory: String
    public var appsDirectory: String
    public var databasePath: String
    public var logFile: String
    /// Limit of one whole connection attempt; zero: none.
    public var connectTimeout: Duration = .milliseconds(1250)
    /// Waiting for answers of the router; zero: the client's own limit.
    public var responseTimeout: Duration = .seconds(7)
    /// Keep-alive of the connection; zero: off.
    public var pingInterval: Duration = .seconds(5)
    /// Debug lines go to the log.
    public var isDebug = true
    /// Every message of the backend connection goes to the log.
    public var logsMessages = false
    /// Readable lines also go to the console.
    public var logsToConsole = false
    /// Never connect.
    public var isOffline = false
    /// Where the state of the agent is served on 127.0.0.1; nil: nowhere.
    public var profilingPort: UInt16?
    /// Base address of published versions, without the bucket and without a slash at its end.
    public var updateURL = "https://storage.googleapis.com"
    /// Flags that were given although nothing follows from them in this version; said once in the log.
    public var flagsWithoutEffect: [String] = []
    /// The whole command line, logged at debug (containers-logs-terminal.md 3.13).
    public var commandLine: [String] = []

    public init(
        identityPath: String, agentDirectory: String = "/opt/reagent", appsDirectory: String = "/opt/reagent/apps",
        databasePath: String = "/opt/reagent/reagent.db", logFile: String = "/var/log/reagent.log"
    ) {
        self.identityPath = identityPath
        self.agentDirectory = agentDirectory
        self.appsDirectory = appsDirectory
        self.databasePath = databasePath
        self.logFile = logFile
    }

    /// Uploaded archives and unpacked compose projects of the developer stage.
    public var buildDirectory: String { FilePath.join(appsDirectory, "build") }
    /// Compose projects of the production stage.
    public var composeDirectory: String { FilePath.join(appsDirectory, "compose") }
    /// Mounted into every app.
    public var sharedDirectory: String { FilePath.join(appsDirectory, "shared") }
    public var downloadsDirectory: String { FilePath.join(agentDirectory, "downloads") }

    /// What must exist before anything else is done (system.md 2.1), in the order of creation.
    public var directories: [String] {
        [appsDirectory, buildDirectory, composeDirectory, sharedDirectory, downloadsDirectory]
    }

    /// Why a directory is not there.
    public struct DirectoryError: Error, Sendable, Equatable, CustomStringConvertible {
        public let cause: FileError

        public var description: String { "the directory \(cause.path) cannot be created: \(cause.text)" }
    }

    /// Creates the directories; existing ones are left alone.
    /// - Returns: those that a full or write-protected disk did not take. What needs one says so when it does.
    public func createDirectories() throws(DirectoryError) -> [DirectoryError] {
        var missing: [DirectoryError] = []
        for directory in directories {
            do throws(FileError) { try Directory.create(directory) } catch {
                guard error.code == .noSpace || error.code == .readOnly else { throw DirectoryError(cause: error) }
                missing.append(DirectoryError(cause: error))
            }
        }
        return missing
    }
}

/// Every flag of both generations of the reference (system.md 1.2): the one source of the parser, the usage text and
/// docs/flags.md.
public struct FlagTable: Sendable {
    /// In alphabetical order, as the usage text shows them.
    public let flags: [Flag]

    public init(_ flags: [Flag]) {
        self.flags = flags.sorted { $0.name < $1.name }
    }

    subscript(name: String) -> Flag? { flags.first { $0.name == name } }

    /// The agent's flags.
    public static let agent = FlagTable([
        Flag("agentDir", .text("/opt/reagent"), "directory of the agent's own files: downloads and locks"),
        Flag("appsDir", .text("/opt/reagent/apps"), "root of the apps' data, build, compose and shared directories"),
        Flag("arch", .boolean(false), "print the architecture of this build and exit; only without -config"),
        Flag(
            "compressedBuildExtension", .text("tgz"), "file extension of uploaded source archives", hasEffect: false),
        Flag("config", .text(""), "identity file of the device (.reswarm or .flock)"),
        Flag("connTimeout", .unsigned(1250), "limit in milliseconds of one whole connection attempt, 0 for none"),
        Flag(
            "dbFileName", .text("/opt/reagent/reagent.db"),
            "database file; a name that starts with neither / nor . is below -agentDir"),
        Flag("debug", .boolean(true), "write debug lines to the log"),
        Flag("debugMessaging", .boolean(false), "write every message of the backend connection to the log"),
        Flag("env", .text("production"), "the identity file decides the environment, not this flag", hasEffect: false),
        Flag(
            "forceUpdate", .boolean(false), "download the published version even if it is not newer", hasEffect: false),
        Flag("logFile", .text("/var/log/reagent.log"), "log file, rotated at 100 MiB, two old files kept"),
        Flag("nmw", .boolean(true), "manage the network through NetworkManager", hasEffect: false),
        Flag("offline", .boolean(false), "run the apps of the local database and never connect"),
        Flag(
            "ppTimeout", .unsigned(5000),
            "interval and limit in milliseconds of the keep-alive of the backend connection, 0 for off"),
        Flag("prettyLogging", .boolean(false), "also write readable log lines to the console"),
        Flag("profiling", .boolean(false), "serve the state of the agent over HTTP, to this machine only"),
        Flag("profilingPort", .unsigned(80), "port of -profiling on 127.0.0.1, 0 for 80"),
        Flag(
            "remoteUpdateURL", .text("https://storage.googleapis.com"), "base address of published versions",
            hasEffect: false),
        Flag(
            "respTimeout", .unsigned(7000),
            "limit in milliseconds of waiting for an answer of the router, 0 for the built-in limit"),
        Flag("update", .boolean(true), "look for a newer version after the first connection", hasEffect: false),
        Flag("version", .boolean(false), "print the version and exit; only without -config"),
    ])
}

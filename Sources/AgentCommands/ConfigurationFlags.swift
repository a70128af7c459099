public import AgentRuntime
internal import Files

extension Configuration {
    /// The configuration that a command line describes.
    ///
    /// - Parameter commandLine: all arguments, the program's name first.
    public init(_ flags: FlagValues, table: FlagTable = .agent, commandLine: [String]) {
        self.init(
            identityPath: flags.text("config"), agentDirectory: flags.text("agentDir"),
            appsDirectory: flags.text("appsDir"),
            databasePath: Self.databasePath(flags.text("dbFileName"), agentDirectory: flags.text("agentDir")),
            logFile: flags.text("logFile"))
        connectTimeout = Self.milliseconds(flags.unsigned("connTimeout"))
        responseTimeout = Self.milliseconds(flags.unsigned("respTimeout"))
        pingInterval = Self.milliseconds(flags.unsigned("ppTimeout"))
        isDebug = flags.boolean("debug")
        logsMessages = flags.boolean("debugMessaging")
        logsToConsole = flags.boolean("prettyLogging")
        isOffline = flags.boolean("offline")
        if flags.boolean("profiling") { profilingPort = Self.profilingPort(flags.unsigned("profilingPort")) }
        updateURL = Self.updateURL(flags.text("remoteUpdateURL"))
        flagsWithoutEffect = flags.given.filter { table[$0]?.hasEffect == false }
        self.commandLine = commandLine
    }

    /// As given when it starts with `/` or `.`, else below the agent directory (DEFECT S-26).
    private static func databasePath(_ name: String, agentDirectory: String) -> String {
        switch name.utf8.first {
        case UInt8(ascii: "/"), UInt8(ascii: "."): return name
        case nil: return FilePath.join(agentDirectory, "reagent.db")
        default: return FilePath.join(agentDirectory, name)
        }
    }

    /// 0 means 80 (system.md 1.2), and so does what is no port at all.
    private static func profilingPort(_ number: UInt64) -> UInt16 {
        UInt16(exactly: number).flatMap { $0 == 0 ? nil : $0 } ?? 80
    }

    /// Both forms of the field: with and without the bucket, with and without slashes (system.md 1.2).
    private static func updateURL(_ text: String) -> String {
        var url = text[...]
        while url.hasSuffix("/") { url = url.dropLast() }
        if url.hasSuffix("/re-agent") { url = url.dropLast("/re-agent".count) }
        while url.hasSuffix("/") { url = url.dropLast() }
        return String(url)
    }

    /// At most a year, so that no sum of deadlines overflows.
    private static func milliseconds(_ count: UInt64) -> Duration {
        .milliseconds(Int64(min(count, 365 * 86_400_000)))
    }
}

import AgentCommands
import AgentRuntime
import Testing

@Suite("Configuration of a command line (system.md 1.2)")
struct ConfigurationFlagsTests {
    private func configuration(_ arguments: String...) throws -> Configuration {
        Configuration(try FlagValues(parsing: arguments, by: .agent), commandLine: ["reagent"] + arguments)
    }

    @Test("the defaults")
    func defaults() throws {
        let configuration = try configuration("-config", "/boot/a.flock")
        var expected = Configuration(identityPath: "/boot/a.flock")
        expected.commandLine = ["reagent", "-config", "/boot/a.flock"]
        #expect(configuration == expected)
    }

    @Test("the line of the unit files on devices (7.1)")
    func unitFile() throws {
        let configuration = try configuration(
            "-config", "/opt/reagent/device-config.reswarm", "-appsDir", "/apps", "-debug")
        #expect(configuration.isDebug)
        #expect(
            configuration.directories == [
                "/apps", "/apps/build", "/apps/compose", "/apps/shared", "/opt/reagent/downloads",
            ])
        #expect(configuration.databasePath == "/opt/reagent/reagent.db")
        #expect(configuration.flagsWithoutEffect.isEmpty)
    }

    @Test("the line of the container image (7.5)")
    func containerImage() throws {
        let configuration = try configuration("-config", "/a", "-prettyLogging", "-env=local", "-nmw=false")
        #expect(configuration.logsToConsole)
        #expect(configuration.flagsWithoutEffect == ["env", "nmw"])
    }

    @Test(
        "-profiling has a port; 0 and what is no port mean 80",
        arguments: [("6060", 6060), ("0", 80), ("65535", 65_535), ("65536", 80), ("18446744073709551615", 80)])
    func profiling(text: String, port: UInt16) throws {
        #expect(try configuration("-config", "/a", "-profiling", "-profilingPort", text).profilingPort == port)
        #expect(try configuration("-config", "/a", "-profilingPort", text).profilingPort == nil)
        #expect(try configuration("-config", "/a", "-profiling").profilingPort == 80)
    }

    @Test("-appsDir and -dbFileName keep their defaults when only -agentDir is given")
    func agentDirectoryAlone() throws {
        let configuration = try configuration("-config=/a", "-agentDir", "/data/agent")
        #expect(configuration.downloadsDirectory == "/data/agent/downloads")
        #expect(configuration.appsDirectory == "/opt/reagent/apps")
        #expect(configuration.databasePath == "/opt/reagent/reagent.db")
    }

    @Test(
        "a database name without / or . at its start is below the agent directory (S-26)",
        arguments: [
            ("reagent.db", "/d/reagent.db"), ("sub/x.db", "/d/sub/x.db"), ("/x/y.db", "/x/y.db"),
            ("./y.db", "./y.db"), ("../y.db", "../y.db"), ("", "/d/reagent.db"),
        ])
    func database(name: String, path: String) throws {
        #expect(try configuration("-agentDir=/d", "-dbFileName=" + name).databasePath == path)
        #expect(try configuration("-agentDir=/d/", "-dbFileName=" + name).databasePath == path)
    }

    @Test(
        "both forms of the update address",
        arguments: [
            ("https://s.example", "https://s.example"), ("https://s.example/", "https://s.example"),
            ("https://s.example/re-agent", "https://s.example"), ("https://s.example/re-agent//", "https://s.example"),
            ("https://s.example/dl/re-agent", "https://s.example/dl"),
            ("https://s.example/more-agent", "https://s.example/more-agent"),
            ("", ""),
        ])
    func updateAddress(given: String, expected: String) throws {
        #expect(try configuration("-remoteUpdateURL", given).updateURL == expected)
    }

    @Test("times are milliseconds, zero stays zero, and no time is so long that a sum of times overflows")
    func times() throws {
        let configuration = try configuration("-connTimeout=0", "-respTimeout=1", "-ppTimeout=18446744073709551615")
        #expect(configuration.connectTimeout == .zero)
        #expect(configuration.responseTimeout == .milliseconds(1))
        #expect(configuration.pingInterval == .seconds(365 * 86_400))
    }

    @Test(
        "a flag that has no effect is named when it is given, also with its default",
        arguments: [
            "-update=true", "-forceUpdate", "-remoteUpdateURL=x", "-nmw", "-compressedBuildExtension=tgz",
            "-env=test",
        ])
    func withoutEffect(argument: String) throws {
        let name = String(argument.dropFirst().prefix { $0 != "=" })
        #expect(try configuration(argument, argument, "-offline").flagsWithoutEffect == [name])
    }
}

public import AgentRuntime

/// The command line of the agent: what to do for which arguments, and with which exit code (system.md 0.1, 1.3).
public enum AgentCommands {
    /// What the arguments ask for.
    public enum Decision: Sendable, Equatable {
        case run(Configuration)
        /// Say this and leave.
        case leave(output: String, errors: String, code: Int32)
    }

    /// Runs the program of a process to its end.
    ///
    /// - Parameters:
    ///   - arguments: the name of the program first.
    ///   - terminationDescriptor: where SIGTERM and SIGINT arrive (CStart).
    /// - Returns: the exit code.
    public static func run(arguments: [String], terminationDescriptor: Int32) async -> Int32 {
        await run(arguments: arguments) { configuration in
            await AgentProgram.run(configuration, signals: .start(reading: terminationDescriptor), body: Agent.run)
        }
    }

    /// Runs the command with an agent of the caller's.
    ///
    /// - Parameters:
    ///   - arguments: the name of the program first.
    ///   - agent: runs the agent until it is told to stop.
    /// - Returns: the exit code.
    public static func run(
        arguments: [String], agent: @Sendable (Configuration) async -> Int32
    ) async -> Int32 {
        switch decide(arguments) {
        case .run(let configuration):
            return await agent(configuration)
        case .leave(let output, let errors, let code):
            Console.write(output, to: .output)
            Console.write(errors, to: .errors)
            return code
        }
    }

    /// The decision alone; touches nothing.
    public static func decide(_ arguments: [String], table: FlagTable = .agent) -> Decision {
        let rest = arguments.dropFirst()
        // Decided before any flag is looked at.
        if rest.first == "service" {
            return .leave(output: "", errors: "service: not supported on this system\n", code: 1)
        }
        let flags: FlagValues
        do throws(FlagError) {
            flags = try FlagValues(parsing: rest, by: table)
        } catch {
            let usage = table.usage(program: arguments.first ?? "reagent")
            guard error != .helpRequested else { return .leave(output: "", errors: usage, code: 0) }
            return .leave(output: "", errors: "\(error)\n" + usage, code: 2)
        }
        guard flags.text("config").isEmpty else {
            return .run(Configuration(flags, table: table, commandLine: arguments))
        }
        if flags.boolean("version") { return .leave(output: AgentVersion.current + "\n", errors: "", code: 0) }
        if flags.boolean("arch") { return .leave(output: BuildArchitecture.name + "\n", errors: "", code: 0) }
        // Exit 0, because installers of the field probe with exit codes (1.3).
        return .leave(output: "No identity file: start with -config <file>, see -help\n", errors: "", code: 0)
    }
}

import AgentCommands
import AgentRuntime
import Testing

@Suite("What a command line leads to (system.md 0.1, 1.3)")
struct DecisionTests {
    private func leave(_ arguments: [String]) throws -> (output: String, errors: String, code: Int32) {
        let decision = AgentCommands.decide(["reagent"] + arguments)
        guard case .leave(let output, let errors, let code) = decision else {
            throw Unexpected(decision: decision)
        }
        return (output, errors, code)
    }

    private struct Unexpected: Error { let decision: AgentCommands.Decision }

    @Test(
        "S11: the version without identity, on standard output", arguments: ["-version", "--version", "-version=true"])
    func version(argument: String) throws {
        let (output, errors, code) = try leave([argument])
        #expect(output == AgentVersion.current + "\n")
        #expect(errors == "")
        #expect(code == 0)
        #expect(AgentVersion.current.split(separator: ".").compactMap { UInt($0) }.count == 3)
    }

    @Test("the architecture; the version goes first when both are asked for")
    func architecture() throws {
        #expect(try leave(["-arch"]).output == BuildArchitecture.name + "\n")
        #expect(try leave(["-arch"]).code == 0)
        #expect(try leave(["-arch", "-version"]).output == AgentVersion.current + "\n")
        #expect(["amd64", "arm64", "armv7", "386", "riscv64"].contains(BuildArchitecture.name))
    }

    @Test("no -config: a hint and exit 0", arguments: [[], ["-debug"], ["-config="], ["word"], ["-version=false"]])
    func hint(arguments: [String]) throws {
        let (output, _, code) = try leave(arguments)
        #expect(output.contains("-config"))
        #expect(output.split(separator: "\n").count == 1)
        #expect(code == 0)
    }

    @Test("service as the first word is not for this system, whatever follows; later it is ignored")
    func service() throws {
        let (_, errors, code) = try leave(["service", "-nonsense"])
        #expect(errors.contains("not supported on this system"))
        #expect(code == 1)
        #expect(try leave(["-debug", "service"]).code == 0)
    }

    @Test("a flag error: message and usage on standard error, exit 2")
    func flagError() throws {
        let (output, errors, code) = try leave(["-config", "/a", "-nonsense"])
        #expect(output == "")
        #expect(errors.hasPrefix("flag provided but not defined: -nonsense\nUsage of reagent:\n  -agentDir string\n"))
        #expect(code == 2)
    }

    @Test("help: usage on standard error, exit 0", arguments: ["-h", "-help"])
    func help(argument: String) throws {
        let (output, errors, code) = try leave([argument])
        #expect(output == "")
        #expect(errors.hasPrefix("Usage of reagent:\n"))
        #expect(code == 0)
    }

    @Test("with -config the agent starts, also when -version or -arch is there")
    func start() throws {
        for arguments in [["-config", "/a"], ["-config", "/a", "-version"], ["-arch", "-config=/a"]] {
            guard case .run(let configuration) = AgentCommands.decide(["reagent"] + arguments) else {
                Issue.record("did not start for \(arguments)")
                continue
            }
            #expect(configuration.identityPath == "/a")
        }
    }

    @Test("the exit code of the agent is that of the command; without agent nothing is started")
    func run() async {
        let code = await AgentCommands.run(arguments: ["reagent", "-config", "/a"]) { configuration in
            configuration.identityPath == "/a" ? 7 : 8
        }
        #expect(code == 7)
        #expect(await AgentCommands.run(arguments: ["reagent", "-version"]) { _ in 9 } == 0)
    }
}

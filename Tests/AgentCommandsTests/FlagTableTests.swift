import AgentCommands
import Files
import Testing

@Suite("Flag table (system.md 1.2)")
struct FlagTableTests {
    @Test(
        "every flag of both generations of the reference, with kind and default",
        arguments: [
            ("agentDir", Flag.Kind.text("/opt/reagent")), ("appsDir", .text("/opt/reagent/apps")),
            ("arch", .boolean(false)), ("compressedBuildExtension", .text("tgz")), ("config", .text("")),
            ("connTimeout", .unsigned(1250)), ("dbFileName", .text("/opt/reagent/reagent.db")),
            ("debug", .boolean(true)), ("debugMessaging", .boolean(false)), ("env", .text("production")),
            ("forceUpdate", .boolean(false)), ("logFile", .text("/var/log/reagent.log")), ("nmw", .boolean(true)),
            ("offline", .boolean(false)), ("ppTimeout", .unsigned(5000)), ("prettyLogging", .boolean(false)),
            ("profiling", .boolean(false)), ("profilingPort", .unsigned(80)),
            ("remoteUpdateURL", .text("https://storage.googleapis.com")), ("respTimeout", .unsigned(7000)),
            ("update", .boolean(true)), ("version", .boolean(false)),
        ])
    func flag(name: String, kind: Flag.Kind) throws {
        let flag = try #require(FlagTable.agent.flags.first { $0.name == name })
        #expect(flag.kind == kind)
        #expect(FlagTable.agent.flags.count == 22)
    }

    @Test("usage in the layout of Go: alphabetical, type word, default unless it is the zero value")
    func usage() {
        let table = FlagTable([
            Flag("zeta", .boolean(true), "last"), Flag("alpha", .text("x\"y"), "first"), Flag("beta", .text(""), "b"),
            Flag("count", .unsigned(7), "how many"), Flag("none", .unsigned(0), "no default"),
            Flag("off", .boolean(false), "off"),
        ])
        #expect(
            table.usage(program: "./reagent") == """
                Usage of ./reagent:
                  -alpha string
                    \tfirst (default "x\\"y")
                  -beta string
                    \tb
                  -count uint
                    \thow many (default 7)
                  -none uint
                    \tno default
                  -off
                    \toff
                  -zeta
                    \tlast (default true)

                """)
    }

    @Test("docs/flags.md is what the table says; made new by UPDATE_DOCS=1 swift test --filter FlagTableTests")
    func documentation() throws {
        let root = (1...3).reduce(#filePath) { path, _ in FilePath.directory(of: path) }
        let page = root + "/docs/flags.md"
        if ProcessEnvironment.has("UPDATE_DOCS") {
            try Directory.create(root + "/docs")
            try AtomicFile.write(Array(FlagTable.agent.markdown().utf8), to: page, mode: 0o644)
        }
        #expect(String(decoding: try AtomicFile.read(page), as: UTF8.self) == FlagTable.agent.markdown())
    }

    @Test("every flag is in the page once, and the ones without effect say so")
    func markdown() {
        let lines = FlagTable.agent.markdown().split(separator: "\n")
        for flag in FlagTable.agent.flags {
            let rows = lines.filter { $0.hasPrefix("| `-\(flag.name)` |") }
            #expect(rows.count == 1)
            #expect(rows.first?.contains("without effect") == !flag.hasEffect)
        }
    }
}

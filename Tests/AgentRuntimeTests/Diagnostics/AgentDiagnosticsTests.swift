import AgentCore
import AsyncTestKit
import Logging
import Testing
import Values

@testable import AgentRuntime

@Suite("The state of the whole agent")
struct AgentDiagnosticsTests {
    private func snapshot(_ parts: [DiagnosticsSource], secrets: [String] = []) async -> Object {
        let log = AgentLog(file: "/dev/null", level: .debug)
        log.redactor.register(secrets)
        let diagnostics = AgentDiagnostics(log: log, time: ManualTime(), parts: parts)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await diagnostics.run() }
            let object = await diagnostics.snapshot()
            group.cancelAll()
            return object
        }
    }

    @Test("version, time, memory, threads and descriptors of this process")
    func process() async throws {
        let object = await snapshot([])
        #expect(object["version"] == .string(AgentVersion.current))
        #expect(object["uptime_seconds"] == 0.0)
        #expect(object["log_file"] == ["waiting_lines": 0, "dropped_lines": 0])
        let process = try #require(object["process"]?.object)
        guard case .int(let rss)? = process["memory_kb"]?["Rss"], case .int(let threads)? = process["threads"],
            case .int(let descriptors)? = process["descriptors"]
        else {
            Issue.record("\(process)")
            return
        }
        #expect(rss > 1000 && threads >= 1 && descriptors >= 3)
    }

    @Test("no secret is shown, whatever a part says")
    func secrets() async {
        let object = await snapshot(
            [
                .value("link") {
                    ["reason": "router said s3cret-of-device", "list": ["x s3cret-of-device"], "n": 1]
                }, .value("s3cret-of-device") { "http://somebody:proxy-password@host/" },
            ], secrets: ["s3cret-of-device"])
        #expect(object["link"] == ["reason": "router said ***", "list": ["x ***"], "n": 1])
        #expect(!"\(object)".contains("s3cret"))
        #expect(!"\(object)".contains("proxy-password"))
    }

    @Test("only lines of the form `Name: number kB` count as memory")
    func memory() {
        let text = "55a-7ff ---p 00000000 00:00 0 [rollup]\nRss:    812 kB\nPss_Anon: 7 kB\nbad: x kB\nno\n"
        #expect(ProcessFacts.memory(text) == ["Rss": 812, "Pss_Anon": 7])
        #expect(ProcessFacts.facts(from: "/nowhere") == ["memory_kb": nil, "threads": nil, "descriptors": nil])
    }
}

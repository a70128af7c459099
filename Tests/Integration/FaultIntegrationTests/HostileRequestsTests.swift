import DockerTestKit
import Foundation
import IntegrationTestKit
import Testing
import Values
import WAMP
import WAMPTestKit

@Suite("Hostile callers against the real agent", .serialized)
struct HostileRequestsTests {
    @Test(
        "Wrong types, missing fields, `..` and `/` in names, NUL, huge numbers, 1 MiB texts and callers who are nobody: each call of each procedure is answered, nothing is written outside the apps directory, the agent lives",
        .timeLimit(.minutes(2)))
    func table() async throws {
        try await AgentUnderAttack.with { agent, process in
            agent.engine.answer("GET", "/images/json", .json("[]"))
            // An image that is there, so that what is taken gets as far as the files of its environment.
            agent.engine.answer("GET", "/images/r.example/a%3A1/json", .json(#"{"Id":"sha256:1"}"#))
            agent.engine.otherwise(.error(404, "No such container: x"))
            #expect(await agent.waitForConnect(1), "\(agent.program.log.suffix(3000))")
            let outside = Self.entries(of: agent.workspace.path)
            let table =
                HostileRequest.members + HostileRequest.shapes + HostileRequest.ignored + HostileRequest.logNames
                + HostileRequest.callers
            for request in table { try await Self.check(request, agent) }
            #expect(Self.entries(of: agent.workspace.file("apps/prod")).isEmpty, "a refused request left something")
            for (number, request) in HostileRequest.taken.enumerated() {
                var own = request
                own.keywords["app_key"] = .int(100 + Int64(number))
                own.keywords["target_state"] = "RUNNING"
                if own.keywords["image"] == nil { own.keywords["image"] = "r.example/a:1" }
                try await Self.check(own, agent)
            }
            let isWritten = await eventually(within: .seconds(20)) {
                FileManager.default.fileExists(atPath: agent.workspace.file("apps/prod/myapp/env/ENV.txt"))
            }
            #expect(isWritten, "no environment was written:\n\(agent.program.log.suffix(4000))")
            #expect(try await agent.serves())
            #expect(process.isRunning, "the program ended")
            #expect(agent.router.hellos == 1, "the session ended")
            #expect(Self.entries(of: agent.workspace.path) == outside, "something was written beside the directories")
            let known: Set = ["build", "compose", "shared", "prod", "dev"]
            #expect(Self.entries(of: agent.workspace.file("apps")).isSubset(of: known))
            #expect(Self.outsiders(below: agent.workspace.path).isEmpty)
            print("figure: agent: \(table.count + HostileRequest.taken.count) hostile calls answered")
        }
    }

    @Test("An environment entry that is no dictionary makes its app FAILED, not the call (P15)")
    func badEntry() async throws {
        try await AgentUnderAttack.with { agent, _ in
            #expect(await agent.waitForConnect(1), "\(agent.program.log.suffix(3000))")
            agent.engine.answer("GET", "/images/r.example/a%3A1/json", .json(#"{"Id":"sha256:1"}"#))
            agent.engine.otherwise(.error(404, "No such container: x"))
            var request = HostileRequest.request("environment", ["A": "x"], .result)
            request.keywords["target_state"] = "RUNNING"
            request.keywords["image"] = "r.example/a:1"
            try await Self.check(request, agent)
            let isFailed = await eventually(within: .seconds(20)) {
                agent.router.calls(of: "reswarm.containers.update_app_on_device").contains {
                    $0.first?["app_key"] == 7 && $0.first?["state"] == "FAILED"
                }
            }
            #expect(isFailed, "\(agent.program.log.suffix(4000))\n\(agent.engine.calls.map(\.target))")
            #expect(try await agent.serves())
        }
    }

    private static func check(_ request: HostileRequest, _ agent: AgentUnderAttack) async throws {
        let response = try await agent.router.call(
            agent.uri(request.procedure), Payload(request.arguments, kwargs: request.keywords), caller: request.caller)
        let text = "\(request.procedure), \(request): \("\(response)".prefix(300))"
        switch (request.expected, response) {
        case (.result, .result): break
        case (.error, .error(let uri, let payload)):
            #expect(uri == "wamp.error.canceled", "\(text)")
            #expect(payload.args.first?["error"]?.string?.isEmpty == false, "no sentence: \(text)")
        default: Issue.record("another answer than \(request.expected): \(text)")
        }
    }

    private static func entries(of directory: String) -> Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [])
    }

    /// Files and directories named as the hostile texts would have them, outside an app's own directory.
    private static func outsiders(below path: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return all.filter { $0.contains("outside") && !$0.hasPrefix("apps/prod/") }
            + ["/outside", "/var/tmp/outside", "/var/outside"].filter { FileManager.default.fileExists(atPath: $0) }
    }
}

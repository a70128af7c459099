import Foundation
import IntegrationTestKit
import Testing
import Values
import WAMP
import WAMPTestKit

/// A backend that answers everything with something else than was asked for. Each procedure and shape alone is in
/// AgentLinkTests.
@Suite("A backend that answers nonsense", .serialized)
struct BackendNonsenseTests {
    private static let answers: [(String, AnsweringRouter.Answer)] = [
        ("nothing", .result([])), ("texts", .result(["x"])), ("lists", .result([[1, .null, [:]]])),
        ("errors", .error("wamp.error.runtime_error", "the database is down")),
    ]

    @Test(
        "every call of the connect order gets nonsense: the process lives, stays reachable, and the file is untouched")
    func nonsense() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (name, answer) in Self.answers {
                group.addTask { try await Self.run(name, answer) }
            }
            try await group.waitForAll()
        }
    }

    private static func run(_ name: String, _ answer: AnsweringRouter.Answer) async throws {
        try await LinkBench.with { question in
            if case .call = question { answer } else { .result([]) }
        } _: { bench in
            let path = bench.workspace.file("device.flock")
            let before = try String(contentsOfFile: path, encoding: .utf8)
            try await bench.running { process in
                let isAsked = await eventually {
                    !bench.router.calls(of: "reswarm.containers.get_requested_app_states").isEmpty
                }
                #expect(isAsked && process.isRunning, "\(name): \(bench.program.log.suffix(2000))")
                try await bench.router.invoke(LinkBench.presence, Payload(), caller: "system")
                let isAnswered = await eventually { bench.router.entries.contains(.yield(["Hello :-)"])) }
                #expect(isAnswered, "\(name): \(bench.program.log.suffix(2000))")
                #expect(bench.router.hellos == 1)
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
            try await bench.expectWholeDatabase()
        }
    }
}

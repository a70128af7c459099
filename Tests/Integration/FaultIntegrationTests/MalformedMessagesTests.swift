import AsyncSupport
import Foundation
import IntegrationTestKit
import Testing
import Values
import WAMP
import WAMPClient
import WAMPRouter
import WAMPTestKit

/// `MALFORMED_MESSAGES` and `MALFORMED_SEED` make a campaign of it (scripts/fuzz).
@Suite("Malformed messages against the real programs", .serialized)
struct MalformedMessagesTests {
    private static let count = Int(TestEnvironment["MALFORMED_MESSAGES"]) ?? 10_000
    private static let seed = UInt64(TestEnvironment["MALFORMED_SEED"]) ?? 1
    /// Every reconnect takes about a second, so a short run takes a part of the faults that end a session; the fuzz
    /// campaign takes all of them.
    private static let isCampaign = count >= 100_000

    @Test(
        "The agent lives through 10,000 malformed messages of its router: it answers or drops them, comes back where one ends the session, stays one process, small and idle, and serves the next call",
        .timeLimit(.minutes(isCampaign ? 60 : 2)))
    func agent() async throws {
        try await AgentUnderAttack.with { agent, process in
            #expect(await agent.waitForConnect(1), "\(agent.program.log.suffix(3000))")
            let before = ProcessFigures(process.pid)
            var storm = Storm(agent, seed: Self.seed)
            let ends = Self.chosen(MalformedMessages.fatalKinds, 5)
            let upgrades = Self.chosen(OpeningFaults.upgrades, 1), hellos = Self.chosen(OpeningFaults.hellos, 2)
            let each = (Self.count - ends.count - upgrades.count - hellos.count) / (ends.count + 1) + 1
            let began = ContinuousClock.now
            for kind in ends {
                try await storm.storm(each)
                try await storm.end(with: kind)
            }
            for (name, answer) in upgrades { try await storm.opening(.answerUpgrade(answer), name) }
            for (name, answer) in hellos { try await storm.opening(.answerHello(answer), name) }
            try await storm.storm(each)
            #expect(storm.sent >= Self.count)
            #expect(process.isRunning, "the program ended")
            let after = ProcessFigures(process.pid)
            try await Task.sleep(for: .seconds(1))
            let idle = ProcessFigures(process.pid).processor - after.processor
            #expect(idle < .milliseconds(300), "the agent is busy with nothing")
            #expect(after.anonymous < 96, "the agent holds \(after.anonymous) MiB, before \(before.anonymous) MiB")
            #expect(!agent.program.log.contains("Fatal error"))
            print(
                "figure: agent: seed \(Self.seed), \(storm.sent) messages of \(storm.kinds.count) kinds in",
                "\(ContinuousClock.now - began), sessions \(agent.router.hellos), anonymous memory",
                "\(before.anonymous) → \(after.anonymous) MiB, processor \(after.processor - before.processor),",
                "idle \(idle) in 1 s")
        }
    }

    @Test(
        "The embedded router lives through 10,000 malformed messages of its clients, over a hundred connections, and serves the other sessions all the while",
        .timeLimit(.minutes(isCampaign ? 60 : 2)))
    func router() async throws {
        try await RouterUnderAttack.with { attacked in
            try await attacked.session { callee in
                _ = try await callee.register("honest.echo") { Reply($0.args) }
                try await attacked.session { caller in
                    let events = try await caller.subscribe("honest.topic")
                    let iterator = events.makeAsyncIterator()
                    var messages = MalformedMessages(seed: Self.seed, from: .client)
                    let before = ProcessFigures(getpid())
                    let began = ContinuousClock.now
                    var sent = 0, connections = 0
                    var slowest = Duration.zero
                    while sent < Self.count {
                        let kind = MalformedMessages.fatalKinds[connections % MalformedMessages.fatalKinds.count]
                        sent += try await attacked.attack(&messages, count: 100, end: kind)
                        connections += 1
                        let asked = ContinuousClock.now
                        let number = Value.int(Int64(connections))
                        #expect(try await caller.call("honest.echo", [number]).args == [number])
                        _ = try await callee.publishAcknowledged("honest.topic", [number])
                        let event = await iterator.next()
                        #expect(event?.args == [number])
                        slowest = max(slowest, ContinuousClock.now - asked)
                    }
                    let took = ContinuousClock.now - began
                    let isAlone = await eventually { await attacked.router.statistics().connections == 2 }
                    #expect(isAlone, "connections of hostile clients are left")
                    #expect(try await caller.call("wamp.session.count").args == [2])
                    #expect(slowest < .seconds(5), "an honest call and event took \(slowest)")
                    let after = ProcessFigures(getpid())
                    #expect(after.anonymous < before.anonymous + 128, "\(before.anonymous) → \(after.anonymous) MiB")
                    print(
                        "figure: router: seed \(Self.seed), \(sent) messages over \(connections) connections in \(took);",
                        "slowest honest call and event \(slowest); anonymous memory of the process",
                        "\(before.anonymous) → \(after.anonymous) MiB")
                }
            }
        }
    }

    /// So many of a list, spread by the seed; all of them in a campaign.
    private static func chosen<T>(_ all: [T], _ count: Int) -> [T] {
        guard !isCampaign else { return all }
        let step = max(1, all.count / count)
        return (0..<count).map { all[(Int(seed) + $0 * step) % all.count] }
    }
}

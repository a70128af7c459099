import AsyncSupport
import IntegrationTestKit
import Logging
import Testing
import Values
import WAMP
import WAMPClient

/// The router is killed, stays away, comes back, and with it the backend — at once or later. `make soak` sets
/// `SOAK_AWAY` and takes the figures; here the limits are ten times as wide.
@Suite("The router goes away and comes back", .serialized)
struct ReconnectTests {
    private static var away: [Int] {
        let words = TestEnvironment["SOAK_AWAY"].split(separator: " ").compactMap { Int($0) }
        return words.isEmpty ? [4] : words
    }

    /// The late backend says the same on both routers, so it comes on one of them.
    private static var cases: [(RouterUnderTest, Int, Int)] {
        away.flatMap { [(.crossbar, $0, 0), (.embedded, $0, 0), (.embedded, $0, 5)] }
    }

    private static var limit: Duration { TestEnvironment["SOAK_AWAY"].isEmpty ? .seconds(30) : .seconds(3) }

    @Test(
        "CONNECTED comes back, and an acknowledged subscriber sees every later line once and in order",
        arguments: Self.cases)
    func reconnect(router: RouterUnderTest, away: Int, backendDelay: Int) async throws {
        try await AgentFixture.with(router, appKey: 920, name: "lineapp") { fixture in
            try await fixture.connected { _ in
                try await fixture.request("RUNNING")
                #expect(await fixture.reported("RUNNING"))
                let before = try await fixture.session.subscribe(fixture.logTopic)
                for await event in before where !AgentRunTests.ticks(in: event).isEmpty { break }
                try await fixture.router.kill()
                try await Task.sleep(for: .seconds(away))
                fixture.backend.forgetStatuses()
                try await fixture.router.start()
                try await Self.lookAgain(fixture, away: away, backendDelay: backendDelay)
            }
        }
    }

    private static func lookAgain(_ fixture: AgentFixture, away: Int, backendDelay: Int) async throws {
        try await WAMPClient.withSession(
            AgentFixture.backendConfiguration(fixture.router), logger: Logger(label: "backend")
        ) { session in
            let events = try await session.subscribe(fixture.logTopic)
            let mark = try await lastTick(of: fixture.app.container)
            try await Task.sleep(for: .seconds(backendDelay))
            try await fixture.backend.serve(session)
            let start = ContinuousClock.now
            #expect(await eventually(within: limit) { fixture.backend.statuses.contains("CONNECTED") })
            print(
                "figure: \(fixture.router.name), away \(away) s, backend after \(backendDelay) s: CONNECTED after \(ContinuousClock.now - start)"
            )
            var ticks: [Int] = []
            for await event in events {
                ticks += AgentRunTests.ticks(in: event).filter { $0 > mark }
                if ticks.count >= 40 { break }
            }
            #expect(ticks == Array(mark + 1..<mark + 1 + ticks.count), "lost, doubled or out of order after \(mark)")
        }
    }

    /// Number of the newest line that the container has printed.
    private static func lastTick(of container: String) async throws -> Int {
        let tail = try await TestEnvironment.shell("docker logs --tail 1 \(container)")
        return try #require(tail.output.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }
}

import AsyncSupport
import IntegrationTestKit
import Logging
import Testing
import Values
import WAMP
import WAMPClient

@Suite("The real agent on both routers and Docker", .serialized)
struct AgentRunTests {
    @Test(
        "run, stop, run, remove and uninstall report exactly the sequences of app-lifecycle.md 2.3",
        arguments: RouterUnderTest.allCases)
    func sequences(router: RouterUnderTest) async throws {
        try await AgentFixture.with(router, appKey: 901, name: "seqapp") { fixture in
            try await fixture.connected { _ in
                #expect(fixture.backend.statuses.first == "CONFIGURING")
                try await fixture.expect("RUNNING", reports: ["STARTING", "DOWNLOADING", "PRESENT", "RUNNING"])
                try await fixture.expect("PRESENT", reports: ["STOPPING", "STOPPING", "PRESENT"])
                try await fixture.expect("RUNNING", reports: ["STARTING", "RUNNING"])
                try await fixture.expect("REMOVED", reports: ["DELETING", "REMOVED"])
                try await fixture.expect("PRESENT", reports: ["DOWNLOADING", "PRESENT"])
                try await fixture.expect("UNINSTALLED", reports: ["DELETING", "REMOVED", "UNINSTALLED"])
            }
        }
    }

    @Test(
        "an app named by the key `image` runs without a pull and its image is left alone at removal",
        arguments: RouterUnderTest.allCases)
    func imageKey(router: RouterUnderTest) async throws {
        try await AgentFixture.with(router, appKey: 902, name: "imgapp") { fixture in
            try await fixture.connected { _ in
                let image = TestEnvironment["TEST_IMAGE_TICKER"]
                try await fixture.expect("RUNNING", reports: ["STARTING", "RUNNING"], image: image)
                try await fixture.expect("UNINSTALLED", reports: ["DELETING", "REMOVED", "UNINSTALLED"], image: image)
                let left = try await TestEnvironment.shell("docker image inspect -f ok \(image)")
                #expect(left.status == 0)
            }
        }
    }

    @Test(
        "a subscriber gets each line of a container once and in order, the history answers the same lines",
        arguments: RouterUnderTest.allCases)
    func logs(router: RouterUnderTest) async throws {
        try await AgentFixture.with(router, appKey: 903, name: "logapp") { fixture in
            try await fixture.connected { _ in
                let events = try await fixture.session.subscribe(fixture.logTopic)
                try await fixture.request("RUNNING")
                var ticks: [Int] = []
                for await event in events {
                    ticks += Self.ticks(in: event)
                    if ticks.count >= 12 { break }
                }
                let first = try #require(ticks.first)
                #expect(ticks == Array(first..<first + ticks.count))
                let history = try await fixture.session.call(
                    fixture.procedure("get_app_log_history"), [["containerName": .string(fixture.app.container)]])
                let stored = history.args.first?.array?.compactMap(\.string) ?? []
                #expect(stored.contains { $0.hasPrefix("tick ") })
                try await fixture.expect("UNINSTALLED", reports: ["DELETING", "REMOVED", "UNINSTALLED"])
            }
        }
    }

    static func ticks(in event: Event) -> [Int] {
        (event.args.first?.string ?? "").split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.first == "tick" && words.count > 1 ? Int(words[1]) : nil
        }
    }

    @Test(
        "T72: the router is away while an app is stopped; the app stops and PRESENT is reported after the reconnect",
        arguments: RouterUnderTest.allCases)
    func stopWhileAway(router: RouterUnderTest) async throws {
        try await AgentFixture.with(router, appKey: 904, name: "awayapp") { fixture in
            try await fixture.connected { _ in
                try await fixture.expect("RUNNING", reports: ["STARTING", "DOWNLOADING", "PRESENT", "RUNNING"])
                fixture.backend.forgetReports()
                try await fixture.request("PRESENT")
                try await fixture.router.kill()
                let stopped = await eventually {
                    let state = try? await TestEnvironment.shell("docker inspect -f x \(fixture.app.container)")
                    return state?.status != 0
                }
                #expect(stopped, "the app is stopped without a router (P19)")
                try await fixture.router.start()
                try await WAMPClient.withSession(
                    AgentFixture.backendConfiguration(fixture.router), logger: Logger(label: "backend")
                ) { session in
                    try await fixture.backend.serve(session)
                    #expect(await fixture.reported("PRESENT"))
                }
            }
        }
    }

    @Test("the same dialogue holds with autobahn-python as backend: ids, payload types and error forms")
    func autobahnBackend() async throws {
        for service in ["docker", "registry", "crossbar"] { try await requireService(service) }
        let result = try await TestEnvironment.shell("scripts/record .local/dialogue-test", limit: .seconds(240))
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains(" held, 0 wrong"))
        #expect(result.output.contains(" equal, 0 different"))
    }
}

import AgentCore
import AsyncTestKit
import Testing
import Values
import WAMPTestKit

@testable import AgentLink

@Suite("What the link says of itself")
struct LinkDiagnosticsTests {
    private static func snapshot(_ link: DeviceLink) async -> Object {
        let collector = DiagnosticsCollector(sources: link.diagnostics, time: ManualTime())
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await collector.run() }
            let object = await collector.snapshot()
            group.cancelAll()
            return object
        }
    }

    @Test("joined: the session and what it holds; nothing is said of a link that never ran")
    func joined() async throws {
        try await LinkUnderTest.with { test in
            #expect(await Self.snapshot(test.link)["link"]?["state"] == "stopped")
            #expect(await Self.snapshot(test.link)["session"] == .null)
        } _: { test in
            try await test.connected()
            let state = await Self.snapshot(test.link)
            #expect(state["link"]?["state"] == "joined")
            #expect(state["link"]?["attempts"] == 0)
            #expect(state["link"]?["sessions"] == 1)
            #expect(state["link"]?["retry_in_seconds"] == .null)
            guard case .int(let registrations)? = state["session"]?["registrations"],
                case .int(let subscriptions)? = state["session"]?["subscriptions"]
            else {
                Issue.record("\(state)")
                return
            }
            #expect(registrations > 5 && subscriptions > 0)
            #expect(state["session"]?["dropped_events"] == 0)
        }
    }

    @Test("refused: the router's sentence, the attempts and the next one")
    func refused() async throws {
        try await LinkUnderTest.with(admission: .abort("wamp.error.not_authorized", "unknown device")) { test in
            try await test.wait("a second refusal", step: .milliseconds(100)) { test.router.hellos >= 2 }
            var state = await Self.snapshot(test.link)["link"]
            while state?["state"] != "refused" { state = await Self.snapshot(test.link)["link"] }
            #expect(state?["reason"] == "unknown device")
            #expect(state?["sessions"] == 0)
            guard case .int(let attempts)? = state?["attempts"], case .double(let pause)? = state?["retry_in_seconds"]
            else {
                Issue.record("\(String(describing: state))")
                return
            }
            #expect(attempts >= 2 && pause > 0 && pause <= 3)
        }
    }

    @Test("every phase has its word; the reason of the last failure goes when there is a session")
    func phases() {
        let status = LinkStatus()
        status.enter(.connecting, now: .seconds(1))
        #expect(status.value(now: .seconds(3))["state"] == "connecting")
        #expect(status.value(now: .seconds(3))["seconds"] == 2.0)
        status.enter(.waiting(until: .seconds(9), isRefused: false), reason: "nobody there", now: .seconds(4))
        #expect(status.value(now: .seconds(5))["state"] == "waiting")
        #expect(status.value(now: .seconds(5))["retry_in_seconds"] == 4.0)
        #expect(status.value(now: .seconds(5))["reason"] == "nobody there")
        status.enter(.joined(session: 7), now: .seconds(10))
        #expect(status.value(now: .seconds(10))["reason"] == .null)
        #expect(status.value(now: .seconds(10))["session"] == 7)
    }
}

import AgentAPI
import AgentCore
import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Synchronization
import Testing
import Values
import WAMP
import WAMPTestKit

@Suite("Life of the link")
struct SessionLifeTests {
    private static let presence = "re.mgmt.S1.wamp_connection_established"

    @Test("a serial that somebody else holds is waited for, a second apart, without take-over and for ever (8.5)")
    func presenceHeld() async throws {
        try await LinkUnderTest.with { test in
            test.backend.fail(
                Self.presence, times: 12, with: .error("wamp.error.procedure_already_exists", "taken"))
        } _: { test in
            try await test.connected(step: .milliseconds(50))
            #expect(test.router.count(.register(Self.presence, takesOver: false)) == 13)
            #expect(test.device.time.monotonic >= .seconds(12))
            #expect(test.router.hellos == 1)
            #expect(test.router.entries.firstIndex(of: .subscribe(Topics.registrationRemoved)) == 15, "presence first")
        }
    }

    @Test("a presence that is refused for another reason ends the session; the next one tries again")
    func presenceRefused() async throws {
        try await LinkUnderTest.with { test in
            test.backend.fail(Self.presence, times: 1, with: .error("wamp.error.not_authorized", "no"))
        } _: { test in
            try await test.connected(sessions: 2, step: .milliseconds(20))
        }
    }

    @Test("a heartbeat every 30 s; one failure is forgiven, two in a row end the session (S-10)")
    func heartbeat() async throws {
        try await LinkUnderTest.with { test in
            try await test.connected()
            test.backend.fail(BackendProcedure.updateDeviceStatus, times: 1)
            try await test.wait("3 heartbeats", step: .milliseconds(100)) {
                test.calls(of: BackendProcedure.updateDeviceStatus) >= 5
            }
            #expect(test.router.hellos == 1)
            #expect((.seconds(90) ... .seconds(120)).contains(test.device.time.monotonic))
            test.backend.fail(BackendProcedure.updateDeviceStatus, times: 2)
            try await test.connected(sessions: 2, step: .milliseconds(100))
            #expect(test.router.entries(of: 0).contains(.goodbye))
        }
    }

    @Test("S14: the status call fails for 5 minutes: the session stands, CONNECTED comes within 3 s of its return")
    func failingStatus() async throws {
        try await LinkUnderTest.with { test in
            test.backend.fail(BackendProcedure.updateDeviceStatus, times: 10_000)
        } _: { test in
            try await test.wait("5 minutes", step: .milliseconds(200)) {
                test.device.time.monotonic >= .seconds(299)
            }
            #expect((150...900).contains(test.calls(of: BackendProcedure.updateDeviceStatus)))
            #expect(test.calls(of: BackendProcedure.getRequestedAppStates) == 1)
            test.backend.heal()
            let healed = test.device.time.monotonic
            try await test.connected(step: .milliseconds(50))
            #expect(test.device.time.monotonic - healed <= .seconds(30))
            #expect(test.router.hellos == 1)
        }
    }

    @Test("an outage of the backend is written to the log once for each step, not with every try")
    func saidOnce() async throws {
        let lines = LogLines()
        try await LinkUnderTest.with(logger: lines.logger) { test in
            test.backend.fail(BackendProcedure.getRequestedAppStates, times: 10_000)
        } _: { test in
            try await test.wait("10 tries", step: .milliseconds(50)) {
                test.calls(of: BackendProcedure.getRequestedAppStates) >= 10
            }
        }
        // Once in each session; on a busy machine a second one may have been needed.
        let said = lines.texts.count { $0.contains("connect step failed") && $0.contains("fetchRequested") }
        #expect((1...3).contains(said), "\(lines.texts)")
    }

    @Test("an engine that comes later: the device is connected before, orphans are swept when it is there (6.1 step 3)")
    func lateEngine() async throws {
        let device = ModelDevice()
        device.engine.setAvailable(false)
        try await LinkUnderTest.with(device) { test in
            try await test.connected(step: .milliseconds(20))
            #expect(!device.engine.calls.contains { $0.operation == .list })
            device.engine.setAvailable(true)
            try await test.wait("the sweep", step: .milliseconds(50)) {
                device.engine.calls.contains { $0.operation == .list }
            }
            #expect(test.router.entries.count { LinkUnderTest.status(of: $0) == "CONFIGURING" } == 1)
        }
    }

    @Test("a lost connection comes back by itself and does everything again")
    func lost() async throws {
        try await LinkUnderTest.with { test in
            try await test.connected()
            await test.router.cut()
            try await test.connected(sessions: 2, step: .milliseconds(20))
            #expect(test.router.entries(of: 1).contains(.subscribe(Topics.subscriptionCreated)))
            #expect(test.router.count(.register(Self.presence, takesOver: false)) == 2)
            #expect(test.device.time.monotonic <= .seconds(30))
        }
    }

    @Test("a refused authentication backs off; a corrected identity file ends the wait (8.5)")
    func refused() async throws {
        let refusal = AnsweringRouter.Admission.abort("wamp.error.authentication_failed", "signature is invalid")
        try await LinkUnderTest.with(admission: refusal) { test in
            try await test.wait("10 minutes", step: .milliseconds(500)) {
                test.device.time.monotonic >= .seconds(600)
            }
            let tries = test.router.hellos
            #expect((4...14).contains(tries), "\(tries) tries in 10 minutes")
            #expect(test.identity.looks > 100, "the file is looked at every 2 s")
            test.router.admit(.welcome)
            let before = test.device.time.monotonic
            test.identity.correct(secret: "the right one")
            try await test.connected(sessions: tries + 1, step: .milliseconds(50))
            #expect(test.device.time.monotonic - before <= .seconds(60))
        }
    }

    @Test("stopped, the link says GOODBYE and returns; nothing follows")
    func stopped() async throws {
        let router = Mutex<AnsweringRouter?>(nil)
        try await LinkUnderTest.with { test in
            try await test.connected()
            router.withLock { $0 = test.router }
        }
        let entries = router.withLock { $0?.entries } ?? []
        #expect(entries.contains(.goodbye))
        #expect(entries.count { $0 == .authenticate } == 1)
    }

    @Test("calls reach the device's procedures with their caller; answers and failures reach the caller")
    func invocations() async throws {
        try await LinkUnderTest.with { test in
            try await test.connected()
            try await test.router.invoke(Self.presence, Payload(), caller: "42")
            try await test.wait("the answer") { test.router.entries.contains(.yield(["Hello :-)"])) }
            test.backend.fail(BackendProcedure.checkPrivilege, times: 1, with: .result([false]))
            try await test.router.invoke("re.mgmt.S1.get_images", Payload(), caller: "42")
            try await test.wait("the denial") { test.router.entries.contains(.error("wamp.error.canceled")) }
            let question = test.router.calls(of: BackendProcedure.checkPrivilege).first?.first
            #expect(question?["requestor_account_key"] == 42)
        }
    }

    @Test("a viewer's subscription opens its log; when the router says it is gone, nothing is published any more")
    func metaEvents() async throws {
        try await LinkUnderTest.with { test in
            try await test.connected()
            let topic = "reswarm.logs.S1.prod_6_myapp"
            test.backend.setListeners([77])
            try await test.router.publish(
                Topics.subscriptionCreated, [1, ["id": 77, "uri": .string(topic), "match": "exact"]])
            await test.logs.append("before", to: "prod_6_myapp")
            try await test.wait("the line", step: .milliseconds(20)) {
                test.router.entries.contains { if case .publish(topic, _) = $0 { true } else { false } }
            }
            let asked = test.calls(of: BackendProcedure.matchSubscription)
            test.backend.setListeners([])
            try await test.router.publish(Topics.subscriptionDeleted, [1, 77])
            try await test.wait("the question who is left", step: .milliseconds(20)) {
                test.calls(of: BackendProcedure.matchSubscription) > asked
            }
            let published = test.router.entries.count { if case .publish = $0 { true } else { false } }
            await test.logs.append("after", to: "prod_6_myapp")
            try await test.wait("1 s", step: .milliseconds(20)) { test.device.time.monotonic >= .seconds(10) }
            #expect(test.router.entries.count { if case .publish = $0 { true } else { false } } == published)
        }
    }
}

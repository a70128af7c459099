import AgentAPI
import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Testing
import Values
import WAMP
import WAMPTestKit

/// Another session takes what belongs to the device (wamp-protocol.md 8.10).
@Suite("Procedures taken by another session")
struct TakeOverTests {
    private static let images = "re.mgmt.S1.get_images"
    private static let presence = "re.mgmt.S1.wamp_connection_established"

    private static func take(_ procedure: String, _ test: LinkUnderTest) async throws {
        let id = try #require(test.router.registration(of: procedure))
        try await test.router.send(
            .unregistered(request: 0, details: ["registration": .integer(id), "reason": "wamp.error.unregistered"]))
    }

    @Test("a procedure that was taken is noticed, taken back and served again, in the same session")
    func takenBack() async throws {
        let sentences = Sentences()
        try await LinkUnderTest.with(sentences: sentences) { test in
            try await test.connected()
            try await Self.take(Self.images, test)
            try await test.wait("REGISTER", step: .milliseconds(20)) {
                test.router.count(.register(Self.images, takesOver: true)) == 2
            }
            try await test.router.invoke(Self.images, Payload(), caller: "system")
            try await test.wait("the answer") {
                test.router.entries.contains { if case .yield = $0 { true } else { false } }
            }
            #expect(test.router.count(.register(Self.presence, takesOver: false)) == 1)
            #expect(test.router.hellos == 1)
        }
        #expect(sentences.all.count == 1)
        #expect(sentences.all.first?.contains("a second agent may run with the same identity") == true)
    }

    @Test("all procedures taken at once are taken back at once")
    func allAtOnce() async throws {
        try await LinkUnderTest.with { test in
            try await test.connected()
            let names = test.api.procedures.dropFirst().map { "re.mgmt.S1.\($0.rawValue)" }
            for name in names { try await Self.take(name, test) }
            try await test.wait("REGISTER", step: .milliseconds(20)) {
                names.allSatisfy { test.router.count(.register($0, takesOver: true)) == 2 }
            }
            #expect(test.device.time.monotonic < .seconds(3))
        }
    }

    @Test("two agents do not fight at full speed: 10 take-overs take more than 6 minutes, and are said once")
    func fight() async throws {
        let (lines, sentences) = (LogLines(), Sentences())
        try await LinkUnderTest.with(logger: lines.logger, sentences: sentences) { test in
            try await test.connected()
            for round in 1...10 {
                try await Self.take(Self.images, test)
                try await test.wait("REGISTER \(round)", step: .seconds(1)) {
                    test.router.count(.register(Self.images, takesOver: true)) == round + 1
                }
            }
            // At least half of 1 + 2 + 4 + … + 256 + 300 s, at most all of it.
            #expect((.seconds(400) ... .seconds(900)).contains(test.device.time.monotonic))
            #expect(test.router.hellos == 1)
        }
        #expect(sentences.all.count == 1)
        #expect(lines.warnings.count { $0.contains("took this device's procedures") } == 1)
    }

    @Test(
        "the presence was taken and somebody holds it: the device leaves, waits for it without force, and serves again")
    func presenceTaken() async throws {
        let sentences = Sentences()
        try await LinkUnderTest.with(sentences: sentences) { test in
            try await test.connected()
            test.backend.fail(
                Self.presence, times: 5, with: .error("wamp.error.procedure_already_exists", "taken"))
            try await Self.take(Self.presence, test)
            try await test.connected(sessions: 2, step: .milliseconds(50))
            #expect(test.router.count(.register(Self.presence, takesOver: true)) == 0)
            #expect(test.router.entries(of: 0).contains(.goodbye))
        }
        #expect(sentences.all.contains { $0.contains("another session holds this device's serial number S1") })
    }

    @Test("a serial held by somebody else for an hour: said once, few tries, nothing registered by force")
    func heldForAnHour() async throws {
        let (lines, sentences) = (LogLines(), Sentences())
        try await LinkUnderTest.with(logger: lines.logger, sentences: sentences) { test in
            test.backend.fail(
                Self.presence, times: 10_000, with: .error("wamp.error.procedure_already_exists", "taken"))
        } _: { test in
            try await test.wait("an hour", step: .seconds(1)) { test.device.time.monotonic >= .seconds(3600) }
            let tries = test.router.count(.register(Self.presence, takesOver: false))
            #expect((100...200).contains(tries), "\(tries) tries")
            let forced = test.router.entries.contains { if case .register(_, true) = $0 { true } else { false } }
            #expect(!forced)
            test.backend.heal()
            try await test.connected(step: .milliseconds(200))
        }
        #expect(sentences.all.count == 1)
        #expect(lines.warnings.count { $0.contains("holds this device's serial number") } == 1)
        #expect(lines.texts.contains { $0.contains("serial number is free again") })
    }
}

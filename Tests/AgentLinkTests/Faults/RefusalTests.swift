import AgentTestKit
import AsyncSupport
import AsyncTestKit
import DeviceProtocol
import Testing
import Values
import WAMP
import WAMPTestKit

@testable import AgentLink

/// The router does not want the device (system.md 8.5, wamp-protocol.md 10).
@Suite("Refused by the router")
struct RefusalTests {
    private static let refusals = [
        "not_authorized", "authentication_failed", "authentication_denied", "no_such_principal", "no_such_realm",
        "no_such_role", "no_auth_method", "no_matching_auth_method",
    ]

    @Test(
        "each refusal is a sentence, once in the log and once for the operator, and backs off; then the device comes back",
        arguments: refusals)
    func refused(_ name: String) async throws {
        let (lines, sentences) = (LogLines(), Sentences())
        let uri = "wamp.error." + name
        try await LinkUnderTest.with(
            admission: .abort(uri, "text of the router"), logger: lines.logger, sentences: sentences
        ) { test in
            try await test.wait("5 tries", step: .milliseconds(200)) { test.router.hellos >= 5 }
            // 1 + 2 + 4 + 8 seconds, each ± 50 %.
            #expect(test.device.time.monotonic >= .seconds(7))
            let said = sentences.all
            #expect(said.count == 1, "\(said)")
            #expect(said.first?.contains(uri + ": text of the router") == true)
            #expect(said.first?.contains("the apps go on") == true)
            #expect(said.first?.contains("secret") != true || said.first?.contains("check device_key") == true)
            test.router.admit(.welcome)
            try await test.connected(sessions: test.router.hellos + 1, step: .milliseconds(200))
            #expect(sentences.all == said)
        }
        #expect(lines.texts.contains { $0.contains("the router accepts this device again") })
    }

    @Test("a refusal for another reason is said again, the first one coming back is not")
    func otherReason() async throws {
        let sentences = Sentences()
        try await LinkUnderTest.with(
            admission: .abort("wamp.error.no_such_realm", ""), sentences: sentences
        ) { test in
            for (round, uri) in ["not_authorized", "no_such_realm", "not_authorized"].enumerated() {
                try await test.wait("tries", step: .milliseconds(200)) { test.router.hellos >= 2 * (round + 1) }
                test.router.admit(.abort("wamp.error." + uri, ""))
            }
            try await test.wait("tries", step: .milliseconds(200)) { test.router.hellos >= 9 }
        }
        #expect(sentences.all.count == 2, "\(sentences.all)")
        #expect(sentences.all.first?.contains("has no realm realm1 (wamp.error.no_such_realm)") == true)
    }

    @Test("the sentence names the router and the device, never the secret", arguments: refusals)
    func sentence(_ name: String) {
        let credentials = LinkCredentials(url: "ws://router.example/ws", authID: "2-3", secret: "s3cret")
        let error = WAMPError(.aborted, uri: "wamp.error." + name, message: "why")
        let sentence = RouterRefusal.sentence(error, credentials, realm: "realm1")
        #expect(sentence.contains("ws://router.example/ws") && sentence.contains("why"))
        #expect(!sentence.contains("s3cret"))
    }

    @Test("a router that cannot be reached is said once, and not to the operator; when it is back, that is said")
    func unreachable() async throws {
        let (lines, sentences) = (LogLines(), Sentences())
        try await LinkUnderTest.with(
            admission: .abort("wamp.error.canceled", "busy"), logger: lines.logger, sentences: sentences
        ) { test in
            try await test.wait("20 tries", step: .milliseconds(200)) { test.router.hellos >= 20 }
            // A second apart at most while the outage is young: 20 tries in less than half a minute.
            #expect(test.device.time.monotonic < .seconds(60))
            test.router.admit(.welcome)
            try await test.connected(sessions: test.router.hellos + 1, step: .milliseconds(50))
        }
        #expect(sentences.all.isEmpty)
        #expect(lines.warnings.count { $0.contains("not connected") } == 1)
        #expect(lines.texts.contains { $0.contains("the router is reached again") })
    }

    @Test("an address in the identity file that is none is said to the operator, and the file is watched")
    func badAddress() async throws {
        let sentences = Sentences()
        try await LinkUnderTest.with(sentences: sentences) { test in
            test.identity.use(url: "ws://")
        } _: { test in
            try await test.wait("looks at the file", step: .milliseconds(200)) { test.identity.looks >= 10 }
            #expect(sentences.all == ["not connected: the address of the router in the identity file is none"])
            #expect(test.router.hellos == 0)
        }
    }

    @Test("while connected the file is looked at with each heartbeat, to say that a change waits")
    func watchedWhileConnected() async throws {
        try await LinkUnderTest.with { test in
            try await test.connected()
            try await test.wait("two looks", step: .milliseconds(100)) { test.identity.notices >= 2 }
            #expect(test.identity.looks == 0)
        }
    }

    @Test("a clock that jumps a year in either direction disturbs neither session nor heartbeat", arguments: [1, -1])
    func clockJump(_ direction: Int64) async throws {
        let year: Duration = .seconds(365 * 86_400)
        try await LinkUnderTest.with { test in
            try await test.connected()
            let before = test.calls(of: BackendProcedure.updateDeviceStatus)
            test.device.time.wall = test.device.time.wall.advanced(by: year * Int(direction))
            let begin = test.device.time.monotonic
            try await test.wait("3 heartbeats", step: .milliseconds(100)) {
                test.calls(of: BackendProcedure.updateDeviceStatus) >= before + 3
            }
            #expect((.seconds(85) ... .seconds(110)).contains(test.device.time.monotonic - begin))
            #expect(test.router.hellos == 1)
            await test.router.cut()
            try await test.connected(sessions: 2, step: .milliseconds(20))
            #expect(test.device.time.monotonic - begin < .seconds(125))
        }
    }
}

import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Testing
import Values
import WAMP
import WAMPTestKit

/// What a router sends that has no place in an open session.
@Suite("Messages out of order")
struct RouterMessageTests {
    private static let presence = "re.mgmt.S1.wamp_connection_established"

    private static let dropped: [(String, Message)] = [
        ("RESULT of no call", .result(request: 9_999, details: [:], payload: Payload(["x"]))),
        ("ERROR of no request", .error(type: 48, request: 9_999, details: [:], uri: "a.b", payload: Payload())),
        ("EVENT of no subscription", .event(subscription: 9_999, publication: 1, details: [:], payload: Payload())),
        ("REGISTERED of no request", .registered(request: 9_999, registration: 9_999)),
        ("SUBSCRIBED of no request", .subscribed(request: 9_999, subscription: 9_999)),
        ("UNREGISTERED of no request", .unregistered(request: 9_999, details: [:])),
        ("UNREGISTERED 0 of no registration", .unregistered(request: 0, details: ["registration": 9_999])),
        ("UNREGISTERED 0 without a registration", .unregistered(request: 0, details: [:])),
        ("UNSUBSCRIBED 0 of no subscription", .unsubscribed(request: 0, details: ["subscription": 9_999])),
        ("PUBLISHED of no request", .published(request: 9_999, publication: 1)),
        ("INTERRUPT of no invocation", .interrupt(request: 9_999, options: [:])),
    ]

    @Test("an answer to nothing is dropped: the session stands and serves", arguments: dropped.map(\.0))
    func harmless(_ name: String) async throws {
        let message = try #require(Self.dropped.first { $0.0 == name }).1
        try await LinkUnderTest.with { test in
            try await test.connected()
            try await test.router.send(message)
            try await test.router.invoke(Self.presence, Payload(), caller: "42")
            try await test.wait("the answer") { test.router.entries.contains(.yield(["Hello :-)"])) }
            #expect(test.router.hellos == 1)
        }
    }

    @Test("an INVOCATION of a procedure that the device never registered is answered with an error, the session stands")
    func unknownInvocation() async throws {
        try await LinkUnderTest.with { test in
            try await test.connected()
            try await test.router.send(
                .invocation(request: 77, registration: 9_999, details: [:], payload: Payload()))
            try await test.wait("the error") {
                test.router.entries.contains { if case .error = $0 { true } else { false } }
            }
            #expect(test.router.hellos == 1)
        }
    }

    private static let fatal: [(String, Message)] = [
        ("a second WELCOME", .welcome(session: 4_712, details: [:])),
        ("a second CHALLENGE", .challenge(method: "wampcra", extra: ["challenge": "again"])),
        ("HELLO", .hello(realm: "realm1", details: [:])),
        ("CALL", .call(request: 1, options: [:], procedure: "a.b", payload: Payload())),
        (
            "ERROR of something that is no request",
            .error(type: 1, request: 1, details: [:], uri: "a", payload: Payload())
        ),
        ("ABORT", .abort(details: ["message": "the realm is gone"], reason: "a.b.gone", payload: Payload())),
        (
            "ABORT for a reason that would be a refusal at the beginning",
            .abort(details: [:], reason: "wamp.error.not_authorized", payload: Payload())
        ),
        ("GOODBYE", .goodbye(details: [:], reason: "wamp.close.system_shutdown")),
        ("GOODBYE of an operator", .goodbye(details: ["message": "out"], reason: "wamp.close.killed")),
    ]

    @Test(
        "what breaks the protocol, or ends the session, is survived: the next session is connected",
        arguments: fatal.map(\.0))
    func ending(_ name: String) async throws {
        let message = try #require(Self.fatal.first { $0.0 == name }).1
        let lines = LogLines()
        try await LinkUnderTest.with(logger: lines.logger) { test in
            try await test.connected()
            try await test.router.send(message)
            try await test.connected(sessions: 2, step: .milliseconds(20))
            #expect(test.device.time.monotonic < .seconds(10))
        }
        let said = lines.texts.first { $0.contains("session ended") } ?? ""
        #expect(said.contains("reason") && !said.contains("the link was stopped"), "\(lines.texts)")
    }

    @Test(
        "bytes that are no message end the session; the next one is connected",
        arguments: ["", "[]", "{}", "[50", "[50,\"x\",{}]", "[36,1]", "[\"a\"]", "null", "[-1]", "\u{0}"])
    func garbage(_ text: String) async throws {
        try await LinkUnderTest.with { test in
            try await test.connected()
            try await test.router.send(text: text)
            try await test.connected(sessions: 2, step: .milliseconds(20))
        }
    }

    @Test("a meta subscription that the router ends: the session ends too, or nobody's logs would be sent any more")
    func revokedSubscription() async throws {
        let lines = LogLines()
        try await LinkUnderTest.with(logger: lines.logger) { test in
            try await test.connected()
            let id = try #require(test.router.subscription(of: Topics.subscriptionCreated))
            try await test.router.send(
                .unsubscribed(request: 0, details: ["subscription": .integer(id), "reason": "a.b"]))
            try await test.connected(sessions: 2, step: .milliseconds(20))
            #expect(test.router.entries(of: 1).contains(.subscribe(Topics.subscriptionCreated)))
        }
        #expect(lines.texts.contains { $0.contains("the router ended the subscription of") }, "\(lines.texts)")
    }
}

import Foundation
import IntegrationTestKit
import Testing
import Values
import WAMP
import WAMPTestKit

/// What the flags of the log write.
@Suite("Log of the program", .serialized)
struct MessageLogTests {
    private static func messages(_ agent: AgentUnderTest, _ direction: String) -> [String] {
        agent.lines("message").filter { $0["direction"]?.string == direction }.compactMap { $0["text"]?.string }
    }

    @Test("-debugMessaging: every message in and out; signature, challenge and secrets redacted, long ones cut")
    func everyMessage() async throws {
        let long = String(repeating: "long ", count: 1000)
        try await AgentUnderTest.with { question in
            guard case .call("reswarm.devices.read_device_metadata", _) = question else {
                return BackendAnswers.usual(question)
            }
            return .result([["device_name": "device-b", "swarm_key": 2, "padding": .string(long)]])
        } _: { agent in
            try await agent.running(AgentUnderTest.connectedFlags + ["-debugMessaging"]) { _ in
                await agent.connect()
                try await agent.router.invoke(
                    "re.mgmt.S-1.request_app_state",
                    Payload(kwargs: [
                        "app_key": 0,
                        "docker_credentials": [
                            "registry.example": ["username": "user", "password": "a-registry-password-0123"]
                        ],
                    ]), caller: "system")
                let isAnswered = await eventually {
                    agent.router.entries.contains { if case .error = $0 { true } else { false } }
                }
                #expect(isAnswered)
            }
            let (sent, received) = (Self.messages(agent, "sent"), Self.messages(agent, "received"))
            for start in ["[1,", "[5,", "[64,", "[32,", "[48,", "[6,"] {
                #expect(sent.contains { $0.hasPrefix(start) }, "nothing sent begins with \(start)")
            }
            for start in ["[4,", "[2,", "[65,", "[33,", "[50,", "[68,", "[6,"] {
                #expect(received.contains { $0.hasPrefix(start) }, "nothing received begins with \(start)")
            }
            let asked = agent.router.entries.count { if case .call = $0 { true } else { false } }
            #expect(sent.count { $0.hasPrefix("[48,") } == asked)
            #expect(sent.contains { $0.hasPrefix("[5,\"(redacted)\"") })
            #expect(received.contains { $0.hasPrefix("[4,") && $0.contains("(redacted)") })
            #expect((sent + received).allSatisfy { $0.utf8.count < 1100 })
            #expect(received.contains { $0.hasSuffix("bytes)") && $0.contains("long long") })
            let log = agent.program.log
            for secret in [
                AgentUnderTest.secret, BackendAnswers.credentialKey, "a-registry-password-0123",
                "a-challenge-to-be-signed",
            ] { #expect(!log.contains(secret), "\(secret) is in the log") }
        }
    }

    @Test("without -debugMessaging no message is written")
    func noMessage() async throws {
        try await AgentUnderTest.with { agent in
            try await agent.running { _ in await agent.connect() }
            #expect(agent.lines("message").isEmpty)
        }
    }

    @Test("-prettyLogging: the lines also go to the console, readable; without it the console stays empty")
    func console() async throws {
        try await AgentUnderTest.with { agent in
            let quiet = try agent.program.start(["-offline"], environment: ["DOCKER_HOST": agent.dockerHost])
            _ = await eventually { agent.lines("offline: apps are run, the router is never dialled").count == 1 }
            quiet.signal(SIGTERM)
            #expect(await quiet.waitForExit() == 0)
            #expect(quiet.text.isEmpty, "\(quiet.text)")
            let loud = try agent.program.start(
                ["-offline", "-prettyLogging"], environment: ["DOCKER_HOST": agent.dockerHost])
            let isSaid = await eventually { loud.text.contains(" INFO offline: apps are run") }
            #expect(isSaid, "\(loud.text)")
            loud.signal(SIGTERM)
            #expect(await loud.waitForExit() == 0)
            #expect(loud.text.split(separator: "\n").allSatisfy { $0.first?.isNumber == true })
        }
    }

    @Test("flags without effect are said once, and do nothing")
    func withoutEffect() async throws {
        try await AgentUnderTest.with { agent in
            try await agent.running(
                ["-offline", "-env", "test", "-forceUpdate", "-update=false"]
            ) { _ in
                _ = await eventually { agent.lines("offline: apps are run, the router is never dialled").count == 1 }
            }
            let said = agent.lines("flags without effect in this version")
            #expect(said.count == 1)
            #expect(said.first?["flags"] == "nmw env forceUpdate update")
        }
    }
}

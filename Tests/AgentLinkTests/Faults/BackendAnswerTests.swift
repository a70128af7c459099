import AgentCore
import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Testing
import Values
import WAMPTestKit

/// Answers of the backend that are not what was asked for, one procedure of the connect order at a time.
@Suite("Odd answers of the backend")
struct BackendAnswerTests {
    private static let procedures = [
        BackendProcedure.addTestament, BackendProcedure.readDeviceMetadata, BackendProcedure.getAppCredentialKey,
        BackendProcedure.updateDeviceStatus, BackendProcedure.updateDeviceArchitecture,
        BackendProcedure.matchSubscription, BackendProcedure.updateAppOnDevice,
        BackendProcedure.getRequestedAppStates,
    ]

    private static let answers: [(String, AnsweringRouter.Answer)] = [
        ("no result", .result([])), ("null", .result([.null])), ("a text", .result(["text"])),
        ("a number", .result([-1])), ("a flag", .result([true])), ("an empty list", .result([[]])),
        ("a list of anything", .result([[1, "x", .null, [:], ["app_key": "y"]]])), ("an empty object", .result([[:]])),
        (
            "wrong types under the right keys",
            .result([
                [
                    "device_name": 5, "swarm_key": "x", "reswarmBaseURL": [:], "app_key": [], "target_state": 1,
                ]
            ])
        ),
        ("a megabyte of text", .result([.string(String(repeating: "x", count: 1 << 20))])),
        ("an error without a sentence", .error("com.example.odd", "")),
        ("an error of its own", .error("wamp.error.runtime_error", "the database is down")),
    ]

    @Test(
        "every procedure answers with another shape: CONNECTED comes in the same session, no app is touched, the identity stays",
        arguments: answers.map(\.0))
    func oddAnswers(_ name: String) async throws { try await Self.run(Self.procedures, name) }

    @Test(
        "what could change the identity or the apps answers with another shape, all else is well: nothing is changed",
        arguments: [BackendProcedure.readDeviceMetadata, BackendProcedure.getRequestedAppStates], answers.map(\.0))
    func oddAnswer(_ procedure: String, _ name: String) async throws { try await Self.run([procedure], name) }

    private static func run(_ procedures: [String], _ name: String) async throws {
        let answer = try #require(answers.first { $0.0 == name }).1
        let device = ModelDevice([.sample(.running, target: .running)], images: [ModelDevice.image()])
        try await LinkUnderTest.with(device) { test in
            await test.logs.append("a line", to: "prod_6_myapp")
            for procedure in procedures { test.backend.fail(procedure, times: 2, with: answer) }
        } _: { test in
            try await test.connected(step: .milliseconds(20))
            #expect(test.router.hellos == 1)
            for procedure in procedures { #expect(test.calls(of: procedure) >= 1, "\(procedure) was never asked") }
            #expect(device.store.apps[AppID(key: 6, stage: .prod)]?.wanted != nil)
            #expect(!device.engine.calls.contains { $0.operation == .remove })
            // Nothing of an odd answer became the identity.
            #expect(test.identity.metadata.allSatisfy { [nil, "device"].contains($0.deviceName) })
            #expect(test.identity.metadata.allSatisfy { [nil, 2].contains($0.swarmKey) })
            #expect(test.identity.platformURLs.allSatisfy { $0 == "https://studio.example" })
        }
    }

    @Test("an answer that is larger than any message may be ends the session; the next one is connected")
    func tooLarge() async throws {
        try await LinkUnderTest.with { test in
            let text = String(repeating: "x", count: 17 << 20)
            test.backend.fail(BackendProcedure.getRequestedAppStates, times: 1, with: .result([.string(text)]))
        } _: { test in
            try await test.connected(sessions: 2, step: .milliseconds(20))
        }
    }

    @Test("rows of the list that cannot be read: the good ones are applied, nothing is forgotten, each is named")
    func oddRows() async throws {
        let lines = LogLines()
        let device = ModelDevice([.sample(.present, target: .present, key: 7)])
        let good: Value = ["app_key": 6, "app_name": "myapp", "stage": "PROD", "target_state": "PRESENT"]
        let rows: [Value] = [
            .null, 5, [], ["app_key": 1],
            ["app_key": 2, "app_name": "../etc", "stage": "PROD", "target_state": "PRESENT"],
            ["app_key": 3, "app_name": "a", "stage": "NOWHERE", "target_state": "PRESENT"],
            ["app_key": 4, "app_name": "b", "stage": "PROD", "target_state": "FLYING"], good,
        ]
        try await LinkUnderTest.with(device, logger: lines.logger) { test in
            test.backend.fail(BackendProcedure.getRequestedAppStates, times: 1, with: .result([.array(rows)]))
        } _: { test in
            try await test.connected(step: .milliseconds(20))
            let known = await test.apps.ids
            #expect(known == [AppID(key: 6, stage: .prod), AppID(key: 7, stage: .prod)])
        }
        #expect(lines.texts.count { $0.contains("of the backend's list") } == rows.count - 1, "\(lines.texts)")
    }
}

import AgentAPI
import AgentCore
import AgentTestKit
import AsyncTestKit
import DeviceProtocol
import Testing
import Values
import WAMPTestKit

@Suite("Connect order")
struct ConnectOrderTests {
    private typealias Entry = AnsweringRouter.Entry

    /// What a session says, with the names of calls only.
    private static func names(_ entries: [Entry]) -> [String] {
        entries.map { entry in
            switch entry {
            case .hello(let authID): "HELLO \(authID)"
            case .authenticate: "AUTHENTICATE"
            case .register(let name, let takesOver): "REGISTER \(name)\(takesOver ? " force" : "")"
            case .subscribe(let topic): "SUBSCRIBE \(topic)"
            case .call(BackendProcedure.updateDeviceStatus, _): "STATUS \(LinkUnderTest.status(of: entry) ?? "")"
            case .call(let name, _): "CALL \(name)"
            case .failedCall(let name, _): "FAILED \(name)"
            case .publish(let topic, _): "PUBLISH \(topic)"
            case .yield: "YIELD"
            case .error: "ERROR"
            case .goodbye: "GOODBYE"
            case .end: "END"
            }
        }
    }

    @Test(
        "one session from HELLO to CONNECTED: the order of 6.2 and of the recordings, log meta events before any match (C-20)"
    )
    func order() async throws {
        let device = ModelDevice([.sample(.present, target: .present)], images: [ModelDevice.image()])
        try await LinkUnderTest.with(device) { test in
            // A log that somebody may listen to, and a report that an earlier process could not deliver.
            await test.logs.append("a line", to: "prod_6_myapp")
            var app = StoredApp.sample(.running, target: .running, key: 7).installed
            app.state = .running
            let report = await device.outbox.report(of: app)
            _ = try await device.store.record(app, report: report)
            await device.outbox.publish(report)
        } _: { test in
            try await test.connected(step: .milliseconds(20))
            // The correction goes out by the outbox, beside the order: it may pass CONNECTED.
            try await test.wait("both reports") { test.calls(of: BackendProcedure.updateAppOnDevice) >= 2 }
            let serial = "re.mgmt.S1."
            let registrations = test.api.procedures.dropFirst()
                .map { "REGISTER \(serial)\($0.rawValue) force" }
            #expect(test.api.procedures.first == .wampConnectionEstablished)
            #expect(registrations.count >= 9)
            let names = Self.names(test.router.entries(of: 0))
            #expect(
                names.prefix(8).elementsEqual([
                    "HELLO 2-3", "AUTHENTICATE", "REGISTER \(serial)wamp_connection_established",
                    "SUBSCRIBE wamp.registration.on_unregister", "CALL wamp.session.add_testament",
                    "CALL reswarm.devices.read_device_metadata", "CALL reswarm.devices.get_app_cred_key",
                    "STATUS CONFIGURING",
                ]), "\(names)")
            #expect(names.dropFirst(8).prefix(registrations.count).elementsEqual(registrations), "\(names)")
            #expect(
                Array(names.dropFirst(8 + registrations.count).dropLast(2)) == [
                    "CALL reswarm.devices.update_device_architecture", "SUBSCRIBE wamp.subscription.on_create",
                    "SUBSCRIBE wamp.subscription.on_delete", "CALL wamp.subscription.match",
                    "CALL reswarm.containers.update_app_on_device",
                    "CALL reswarm.containers.get_requested_app_states",
                ])
            #expect(names.suffix(2).sorted() == ["CALL reswarm.containers.update_app_on_device", "STATUS CONNECTED"])
            let reported = test.router.calls(of: BackendProcedure.updateAppOnDevice).map { $0.first?["app_key"] }
            #expect(reported == [7, 6], "the outbox first, then the correction of the other app")
        }
    }

    @Test("the arguments of the connect calls, and what their answers change")
    func arguments() async throws {
        try await LinkUnderTest.with { test in
            try await test.connected()
            #expect(
                test.router.calls(of: "wamp.session.add_testament") == [
                    [
                        "reswarm.api.testament_device",
                        [["swarm_key": 2, "device_key": 3, "serial_number": "S1", "wamp_session_id": 4711]], [:],
                    ]
                ])
            #expect(test.router.calls(of: BackendProcedure.readDeviceMetadata) == [[["device_key": 3]]])
            #expect(test.router.calls(of: BackendProcedure.getAppCredentialKey) == [[]])
            #expect(test.router.calls(of: BackendProcedure.getRequestedAppStates) == [[["device_key": 3]]])
            #expect(
                test.router.calls(of: BackendProcedure.updateDeviceArchitecture) == [
                    [
                        [
                            "swarm_key": 2, "device_key": 3, "architecture": "amd64", "os": "linux model 1",
                            "arch": "amd64",
                            "variant": "", "agent_version": "1.0.0",
                        ]
                    ]
                ])
            let status = test.router.calls(of: BackendProcedure.updateDeviceStatus).last?.first?.object
            #expect(status?["wamp_session_id"] == 4711)
            #expect(status?["status"] == "CONNECTED")
            #expect(test.identity.metadata.map(\.deviceName) == ["device"])
            #expect(test.identity.credentialKeys == ["credential-key"])
            #expect(test.identity.platformURLs.last == "https://studio.example")
        }
    }

    @Test(
        "a step that fails is no end: CONNECTED comes in the same session, and the step is asked again (S-10)",
        arguments: [
            BackendProcedure.readDeviceMetadata, BackendProcedure.getAppCredentialKey,
            BackendProcedure.updateDeviceArchitecture, BackendProcedure.getRequestedAppStates,
            "re.mgmt.S1.get_images", Topics.subscriptionCreated, BackendProcedure.updateDeviceStatus,
        ])
    func failingStep(_ name: String) async throws {
        try await LinkUnderTest.with { test in
            test.backend.fail(name, times: 3)
        } _: { test in
            try await test.connected(step: .milliseconds(20))
            try await test.wait("\(name) again", step: .milliseconds(20)) {
                test.router.entries.count { Self.isAbout(name, $0) } >= 4
            }
            #expect(test.router.hellos == 1)
            let entries = test.router.entries
            for procedure in test.api.procedures where "re.mgmt.S1.\(procedure.rawValue)" != name {
                #expect(entries.count { Self.isAbout("re.mgmt.S1.\(procedure.rawValue)", $0) } == 1)
            }
        }
    }

    private static func isAbout(_ name: String, _ entry: Entry) -> Bool {
        switch entry {
        case .call(name, _), .failedCall(name, _), .register(name, _), .subscribe(name): true
        default: false
        }
    }

    @Test(
        "what a refusal for good or an answer of another shape concerns is asked once (S-10)", arguments: [true, false])
    func permanent(isRefusal: Bool) async throws {
        let answer: AnsweringRouter.Answer =
            isRefusal ? .error("wamp.error.not_authorized", "no") : .result(["no metadata"])
        try await LinkUnderTest.with { test in
            test.backend.fail(BackendProcedure.readDeviceMetadata, times: 1, with: answer)
            test.backend.fail(BackendProcedure.getAppCredentialKey, times: 2)
        } _: { test in
            try await test.wait("the key", step: .milliseconds(20)) { !test.identity.credentialKeys.isEmpty }
            #expect(test.calls(of: BackendProcedure.readDeviceMetadata) == 1)
            #expect(test.calls(of: BackendProcedure.getAppCredentialKey) == 3)
            #expect(test.identity.metadata.isEmpty)
        }
    }

    @Test("backend procedures that come 5 s after the device: CONNECTED follows, and everything was fetched")
    func lateBackend() async throws {
        let missing = [
            BackendProcedure.readDeviceMetadata, BackendProcedure.getAppCredentialKey,
            BackendProcedure.updateDeviceStatus, BackendProcedure.updateDeviceArchitecture,
            BackendProcedure.getRequestedAppStates,
        ]
        try await LinkUnderTest.with { test in
            for name in missing { test.backend.fail(name, times: 1_000) }
        } _: { test in
            try await test.wait("5 s", step: .milliseconds(20)) { test.device.time.monotonic >= .seconds(5) }
            test.backend.heal()
            let healed = test.device.time.monotonic
            let before = test.router.entries.count
            try await test.connected(step: .milliseconds(20))
            // Ten times the 3 s of the soak campaign: model time goes on while the real router works.
            #expect(test.device.time.monotonic - healed <= .seconds(30))
            // Healed in the middle of a pass: what failed in it follows in the next one.
            try await test.wait("what was missed", step: .milliseconds(20)) {
                !test.identity.metadata.isEmpty && !test.identity.credentialKeys.isEmpty
                    && test.router.entries.dropFirst(before).contains {
                        Self.names([$0]) == ["CALL reswarm.containers.get_requested_app_states"]
                    }
            }
            #expect(test.identity.metadata.count == 1)
            #expect(test.identity.credentialKeys.count == 1)
            let last = test.router.entries.dropFirst(before).map { Self.names([$0])[0] }
            #expect(last.contains("CALL reswarm.containers.get_requested_app_states"), "\(last)")
            let status = test.router.entries.count { LinkUnderTest.status(of: $0) == "CONNECTED" }
            // Neither are CONNECTED nor CONFIGURING said again, however long the session stands.
            try await test.wait("10 s", step: .milliseconds(20)) {
                test.device.time.monotonic - healed >= .seconds(10)
            }
            #expect(test.router.entries.count { LinkUnderTest.status(of: $0) == "CONNECTED" } == status)
            #expect(test.router.hellos == 1)
        }
    }

    @Test("CONNECTED is reported and the heartbeat runs although the list of apps cannot be got")
    func heartbeatMeanwhile() async throws {
        try await LinkUnderTest.with { test in
            test.backend.fail(BackendProcedure.getRequestedAppStates, times: 10_000)
        } _: { test in
            try await test.connected(step: .milliseconds(20))
            try await test.wait("two heartbeats", step: .milliseconds(50)) {
                test.router.entries.count { LinkUnderTest.status(of: $0) == "CONNECTED" } >= 3
            }
            #expect(test.calls(of: BackendProcedure.getRequestedAppStates) >= 10)
            #expect(test.router.entries.count { LinkUnderTest.status(of: $0) == "CONFIGURING" } == 1)
        }
    }

    @Test("a moved device drops its session and comes back under its new name (0.2 step 1)")
    func projectChange() async throws {
        try await LinkUnderTest.with { test in
            test.backend.setMetadata(["device_name": "device", "swarm_key": "9"])
        } _: { test in
            try await test.connected(sessions: 2, step: .milliseconds(20))
            #expect(
                Self.names(test.router.entries(of: 0)).filter { $0 != "END" }.suffix(2) == [
                    "CALL reswarm.devices.read_device_metadata", "GOODBYE",
                ])
            #expect(test.router.entries(of: 1).first == .hello(authID: "9-3"))
        }
    }

    @Test("a report that cannot be delivered holds up neither CONNECTED nor itself once the backend works")
    func heldReport() async throws {
        let device = ModelDevice()
        let app = StoredApp.sample(.running, target: .running).installed
        device.store.place(Report(of: app, sequence: 5))
        try await LinkUnderTest.with(device) { test in
            test.backend.fail(BackendProcedure.updateAppOnDevice, times: 2)
            test.backend.fail(BackendProcedure.updateDeviceStatus, times: 5)
        } _: { test in
            try await test.connected(step: .milliseconds(20))
            #expect(device.store.pending.isEmpty)
            #expect(device.time.monotonic < .seconds(80))
        }
    }
}

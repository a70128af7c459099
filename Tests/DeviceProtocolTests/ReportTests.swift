import DeviceProtocol
import Testing
import Values

@Suite("Reports to the backend")
struct ReportTests {
    @Test("a state report carries exactly the recorded keys")
    func stateReport() {
        let report = AppStateReport(
            appKey: 1, deviceKey: 3, swarmKey: 2, serialNumber: "S", stage: .prod, state: .starting,
            requestorAccountKey: 42, releaseKey: 11)
        let expected: Object = [
            "swarm_key": 2, "stage": "PROD", "device_to_app_key": 0, "release_build": false, "device_key": 3,
            "serial_number": "S", "state": "STARTING", "requestor_account_key": 42, "release_key": 11,
            "request_update": false, "updateStatus": "", "app_key": 1,
        ]
        #expect(report.object == expected)
    }

    @Test("a confirmation of an update is spelled as the backend knows it")
    func updateStatus() {
        var report = AppStateReport(
            appKey: 1, deviceKey: 3, swarmKey: 2, serialNumber: "S", stage: .dev, state: .present)
        report.updateStatus = .pendingRemoteConfirmation
        report.releaseBuild = true
        #expect(report.object["updateStatus"] == "pending_remote_confirmation")
        #expect(report.object["release_build"] == true)
    }

    @Test("a state report survives encoding and decoding; the port form is refused")
    func stateReportRoundTrip() throws {
        let report = AppStateReport(
            appKey: 1, deviceKey: 3, swarmKey: 2, serialNumber: "S", stage: .prod, state: .running, releaseKey: 4,
            requestUpdate: true, updateStatus: .completed)
        #expect(try AppStateReport(report.object) == report)
        let ports: Object = ["app_key": 1, "device_key": 3, "swarm_key": 2, "stage": "PROD", "ports": []]
        #expect(throws: PayloadError(.missing, field: "state")) { try AppStateReport(ports) }
    }

    @Test("a status report carries statistics, and tunnel_capable only when known")
    func statusReport() throws {
        var report = DeviceStatusReport(
            swarmKey: 2, deviceKey: 3, status: .configuring, sessionID: 6_598_245_987_362_092,
            statistics: ["cpu_count": 2])
        #expect(
            report.object == [
                "swarm_key": 2, "device_key": 3, "status": "CONFIGURING", "wamp_session_id": 6_598_245_987_362_092,
                "stats": ["cpu_count": 2],
            ])
        report.tunnelCapable = false
        #expect(report.object["tunnel_capable"] == false)
        #expect(try DeviceStatusReport(report.object) == report)
    }

    @Test("the platform's URL is learned from the reply")
    func statusReply() {
        #expect(
            StatusReply(results: [["reswarmBaseURL": "https://studio.example.test"]]).platformURL
                == "https://studio.example.test")
    }

    @Test(
        "a missing base URL stays unknown and never becomes text (P60)",
        arguments: [
            [], [nil], [[:]], [["reswarmBaseURL": nil]], [["reswarmBaseURL": ""]], [["reswarmBaseURL": "<nil>"]],
            [["reswarmBaseURL": 5]], ["x"],
        ] as [[Value]])
    func missingURL(_ results: [Value]) {
        #expect(StatusReply(results: results).platformURL == nil)
    }

    @Test("metadata: absent, null and empty names are skipped")
    func metadata() throws {
        let metadata = try DeviceMetadata(results: [["device_name": "d", "swarm_name": nil, "ownername": ""]])
        #expect(metadata == DeviceMetadata(deviceName: "d"))
    }

    @Test("metadata: the swarm key comes in any integral shape", arguments: [7, 7.0, "7"] as [Value])
    func swarmKey(_ value: Value) throws {
        #expect(try DeviceMetadata(results: [["swarm_key": value]]).swarmKey == 7)
    }

    @Test(
        "metadata: an unreadable swarm key spoils the whole answer", arguments: [-1, 0, 1.5, "x", [], true] as [Value])
    func badSwarmKey(_ value: Value) {
        #expect(throws: PayloadError(.malformed, field: "swarm_key")) {
            try DeviceMetadata(results: [["device_name": "d", "swarm_key": value]])
        }
    }

    @Test("metadata: an answer without a dictionary is an error", arguments: [[], [nil], ["x"]] as [[Value]])
    func noMetadata(_ results: [Value]) {
        #expect(throws: PayloadError.self) { try DeviceMetadata(results: results) }
    }

    @Test("the architecture report joins architecture and variant")
    func architecture() {
        let report = ArchitectureReport(
            swarmKey: 2, deviceKey: 3, os: "linux", arch: "arm", variant: "v7", agentVersion: "1.0.0")
        #expect(
            report.object == [
                "swarm_key": 2, "device_key": 3, "architecture": "armv7", "os": "linux", "arch": "arm",
                "variant": "v7", "agent_version": "1.0.0",
            ])
    }

    @Test("the privilege question is the recorded one")
    func privilege() throws {
        let question = PrivilegeQuestion(privilege: .read, deviceKey: 3, swarmKey: 2, accountKey: 42)
        #expect(
            question.object == [
                "privilege": "READ", "entity": "DEVICE", "entity_key": 3, "requestor_account_key": 42, "swarm_key": 2,
            ])
        #expect(try PrivilegeQuestion(question.object) == question)
    }

    @Test("a privilege answer is a Boolean or an error")
    func privilegeAnswer() throws {
        #expect(try PrivilegeQuestion.answer([true]))
        #expect(try !PrivilegeQuestion.answer([false]))
        for bad: [Value] in [[], [nil], [1], ["true"]] {
            #expect(throws: PayloadError.self) { try PrivilegeQuestion.answer(bad) }
        }
    }
}

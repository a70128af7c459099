import AsyncTestKit
import DeviceProtocol
import StudioCore
import Testing
import Values
import WAMP

@testable import StudioServer

@Suite("What the studio knows of devices")
struct DeviceTests {
    @Test("a new device is disconnected and was never seen")
    func fresh() async throws {
        try await Bench.with { bench in
            let identity = try await bench.enrol()
            let device = try await bench.device()
            #expect(
                device == [
                    "key": 1, "name": "kiosk", "status": "DISCONNECTED", "connected": false,
                    "serial_number": identity["serial_number"] ?? .null, "architecture": "", "operating_system": "",
                    "agent_version": "", "last_seen": "", "sessions": 0,
                ])
        }
    }

    @Test("the list of devices has no secret in it")
    func noSecret() async throws {
        try await Bench.with { bench in
            let secret = try #require(try await bench.enrol()["secret"]?.string)
            let list = try await bench.call(OperatorProcedures.listDevices, [], as: Bench.system)
            #expect(try !JSON.text(.array(list)).contains(secret))
        }
    }

    @Test("the identity file sends the device to the device URL with its own keys")
    func identity() async throws {
        try await Bench.with { bench in
            try await bench.enrol("a")
            let identity = try await bench.enrol("b")
            #expect(identity["device_key"] == 2)
            #expect(identity["swarm_key"] == 1)
            #expect(identity["name"] == "b")
            #expect(identity["device_endpoint_url"] == "ws://device/ws")
        }
    }

    @Test("a name is given once")
    func twice() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let error = try await bench.error(OperatorProcedures.addDevice, [["name": "kiosk"]], as: Bench.system)
            #expect(error == "studio.already_exists")
            #expect(try await bench.enrol("other")["device_key"] == 2, "the refused one took no key")
        }
    }

    @Test("a name that cannot be one is refused", arguments: ["", "a b", "../x", nil, 7] as [Value])
    func badName(name: Value) async throws {
        try await Bench.with { bench in
            let error = try await bench.error(OperatorProcedures.addDevice, [["name": name]], as: Bench.system)
            #expect(error == "studio.invalid_argument")
            #expect(try await bench.call(OperatorProcedures.listDevices, [], as: Bench.system) == [[]])
        }
    }

    @Test("operators name a device by name, serial number or key, in this order")
    func naming() async throws {
        try await Bench.with { bench in
            let serial = try #require(try await bench.enrol("2")["serial_number"]?.string)
            try await bench.enrol("b")
            func found(_ text: String) async throws -> Value? {
                try await bench.call(OperatorProcedures.listApps, [["device": .string(text)]], as: Bench.system)[0][
                    "device"]
            }
            #expect(try await found("2") == "2", "the name goes before the key of another device")
            #expect(try await found(serial) == "2")
            #expect(try await found("1") == "2")
            #expect(try await found("b") == "b")
            for text in ["B", "3", "01", "%", "' OR 1=1 --"] {
                let error = try await bench.error(
                    OperatorProcedures.listApps, [["device": .string(text)]], as: Bench.system)
                #expect(error == "studio.no_such_device")
            }
        }
    }

    @Test("a status report is shown with its time, and told to the watchers once")
    func status() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.status("CONFIGURING", session: 7)
            try await bench.status("CONNECTED", session: 7)
            bench.time.advance(by: .seconds(30))
            try await bench.status("CONNECTED", session: 7)
            let device = try await bench.device()
            #expect(device["status"] == "CONNECTED")
            #expect(device["connected"] == true)
            #expect(device["last_seen"] == "2026-01-02T03:04:35Z")
            #expect(
                bench.outlet.changes == [
                    .device(name: "kiosk", status: .configuring), .device(name: "kiosk", status: .connected),
                ])
        }
    }

    @Test("the answer to a status report names no platform URL (P60)")
    func statusReply() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let answer = try await bench.call(
                BackendProcedure.updateDeviceStatus, [["device_key": 1, "status": "CONNECTED"]], as: .device(1))
            #expect(StatusReply(results: answer) == StatusReply(platformURL: nil))
            #expect(try await bench.device()["connected"] == true)
        }
    }

    @Test("a status that nobody knows changes nothing", arguments: ["", "BUSY", nil, 1] as [Value])
    func badStatus(status: Value) async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let report: Value = ["device_key": 1, "status": status]
            #expect(
                try await bench.error(BackendProcedure.updateDeviceStatus, [report], as: .device(1))
                    == "studio.invalid_argument")
            #expect(try await bench.device()["status"] == "DISCONNECTED")
        }
    }

    @Test("architecture, system and agent are shown")
    func architecture() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let report = ArchitectureReport(
                swarmKey: 1, deviceKey: 1, os: "Debian 12", arch: "arm", variant: "v7", agentVersion: "1.2.3")
            try await bench.call(BackendProcedure.updateDeviceArchitecture, [.object(report.object)], as: .device(1))
            let device = try await bench.device()
            #expect(device["architecture"] == "armv7")
            #expect(device["operating_system"] == "Debian 12")
            #expect(device["agent_version"] == "1.2.3")
        }
    }

    @Test("the metadata is what the agent reads")
    func metadata() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let answer = try await bench.call(
                BackendProcedure.readDeviceMetadata, [["device_key": 1, "swarm_key": 1]], as: .device(1))
            let expected = DeviceMetadata(
                deviceName: "kiosk", swarmName: "default", ownerName: "owner", swarmKey: 1)
            #expect(try DeviceMetadata(results: answer) == expected)
            #expect(answer[0]["status"] == "DISCONNECTED")
        }
    }

    // MARK: Going away

    private static func will(session: Value = 7, device: Value = 1) -> [Value] {
        [["swarm_key": 1, "device_key": device, "serial_number": "x", "wamp_session_id": session]]
    }

    @Test("the testament of the current session disconnects the device and is told to the watchers")
    func testament() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.status("CONNECTED", session: 7)
            bench.outlet.forget()
            try await bench.testament(Self.will(), as: .device(1))
            #expect(try await bench.device()["connected"] == false)
            #expect(bench.outlet.changes == [.device(name: "kiosk", status: .disconnected)])
            try await bench.testament(Self.will(), as: .device(1))
            #expect(bench.outlet.changes.count == 1, "told once")
        }
    }

    @Test("a late testament of an older session says nothing about the current one")
    func lateTestament() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.status("CONNECTED", session: 7)
            try await bench.status("CONFIGURING", session: 8)
            try await bench.testament(Self.will(session: 7), as: .device(1))
            #expect(try await bench.device()["status"] == "CONFIGURING")
        }
    }

    @Test(
        "a testament counts from the lost session alone",
        arguments: [
            Bench.Who.device(2), .device(1, swarm: 2), Bench.stranger, Bench.Who(),
            Bench.Who(authID: "1-1", role: "device", forwarded: true),
        ])
    func foreignTestament(who: Bench.Who) async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.status("CONNECTED", session: 7)
            await #expect(throws: StudioError.self) { try await bench.testament(Self.will(), as: who) }
            #expect(try await bench.device()["connected"] == true)
        }
    }

    @Test(
        "a testament in another form is an error",
        arguments: [[], [nil], ["x"], will(session: nil), will(session: "x"), will(device: nil)] as [[Value]])
    func malformedTestament(args: [Value]) async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.status("CONNECTED", session: 7)
            await #expect(throws: StudioError.self) { try await bench.testament(args, as: .device(1)) }
            #expect(try await bench.device()["connected"] == true)
        }
    }

    @Test(
        "when the studio joins, a device that the router does not know any more is disconnected",
        arguments: [(true, true), (false, false), (nil, true)] as [(Bool?, Bool)])
    func presence(answer: Bool?, isConnected: Bool) async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.status("CONNECTED", session: 7)
            bench.outlet.setPresence(answer, of: "kiosk")
            try await bench.studio.refreshPresence()
            #expect(try await bench.device()["connected"] == .bool(isConnected))
        }
    }

    @Test("without a session with the router nothing is known, so nothing changes")
    func presenceWithoutSession() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            try await bench.status("CONNECTED", session: 7)
            bench.outlet.setPresence(false, of: "kiosk")
            await bench.studio.use(nil)
            try await bench.studio.refreshPresence()
            #expect(try await bench.device()["connected"] == true)
        }
    }

    // MARK: Sessions of one identity

    private static func join(_ session: Value, _ authID: Value) -> Event {
        Event(
            publication: 1, topic: "wamp.session.on_join",
            args: [["session": session, "authid": authID, "authrole": "device"]], details: [:])
    }

    @Test("two sessions with one device's identity are said once each time and counted until one leaves")
    func twoSessions() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let procedures = StudioProcedures(studio: bench.studio)
            #expect(await procedures.noteJoin(Self.join(10, "1-1")) == nil)
            #expect(try await bench.device()["sessions"] == 1)
            let sentence = try #require(await procedures.noteJoin(Self.join(11, "1-1")))
            #expect(sentence.contains("1-1 has 2 sessions"))
            #expect(try await bench.device()["sessions"] == 2)
            // Crossbar tells the session alone, other routers more (wamp-protocol.md 9).
            await procedures.noteLeave(
                Event(publication: 2, topic: "wamp.session.on_leave", args: [10, "1-1", "device"], details: [:]))
            #expect(try await bench.device()["sessions"] == 1)
        }
    }

    @Test(
        "sessions of others and news in another form count for nobody",
        arguments: [("x", "1-1"), (10, 11), (10, nil), (nil, "1-1"), (10, "2-1"), (10, "operator"), (10, "system")]
            as [(Value, Value)])
    func otherSessions(session: Value, authID: Value) async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let procedures = StudioProcedures(studio: bench.studio)
            for _ in 0..<2 { #expect(await procedures.noteJoin(Self.join(session, authID)) == nil) }
            await procedures.noteLeave(Event(publication: 1, topic: "x", args: [], details: [:]))
            #expect(try await bench.device()["sessions"] == 0)
        }
    }

    @Test("after the studio lost its router, nobody is counted until the router tells again")
    func sessionsForgotten() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            _ = await StudioProcedures(studio: bench.studio).noteJoin(Self.join(10, "1-1"))
            await bench.studio.use(nil)
            #expect(try await bench.device()["sessions"] == 0)
        }
    }
}

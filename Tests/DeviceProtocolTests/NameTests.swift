import DeviceProtocol
import Testing
import Values

@Suite("Names on the wire")
struct NameTests {
    @Test("procedures and topics carry the serial in the middle")
    func builders() {
        #expect(DeviceProcedure.getImages.uri(serial: "S1") == "re.mgmt.S1.get_images")
        #expect(DeviceURI.suffix(of: "re.mgmt.S1.term_write.c.1", serial: "S1") == "term_write.c.1")
        #expect(DeviceURI.suffix(of: "re.mgmt.S2.x", serial: "S1") == nil)
        #expect(DeviceURI.suffix(of: "re.mgmt.S1.", serial: "S1") == nil)
        #expect(Topics.tunnelStateUpdate(serial: "S1") == "re.mgmt.S1.tunnel_state_update/onreload")
    }

    @Test("C65: the log topic is made of serial and log name")
    func logTopic() {
        #expect(Topics.log("prod_1_myapp", serial: "S1") == "reswarm.logs.S1.prod_1_myapp")
        #expect(Topics.log("prod_1_myapp", serial: "S2") == "reswarm.logs.S2.prod_1_myapp")
    }

    @Test("a log name is everything after the serial, dots included (C-61)")
    func logName() {
        #expect(Topics.logName(of: "reswarm.logs.S1.prod_1_my.app", serial: "S1") == "prod_1_my.app")
        #expect(Topics.logName(of: "reswarm.logs.S2.prod_1_myapp", serial: "S1") == nil)
        #expect(Topics.logName(of: "reswarm.logs.S1.", serial: "S1") == nil)
        #expect(Topics.logName(of: "reswarm.logs.", serial: "S1") == nil)
    }

    @Test("only the presence procedure is registered without take-over")
    func takeOver() {
        #expect(DeviceProcedure.allCases.filter { !$0.takesOver } == [.wampConnectionEstablished])
    }

    @Test("suffixes are unique and spelled as recorded")
    func suffixes() {
        #expect(Set(DeviceProcedure.allCases.map(\.rawValue)).count == DeviceProcedure.allCases.count)
        #expect(DeviceProcedure(rawValue: "request_app_state") == .requestAppState)
        #expect(DeviceProcedure(rawValue: "get_ipv4_addresses") == .getIPv4Addresses)
    }

    @Test("every failure of a call has one shape: the canceled URI and a dictionary with the text")
    func failure() {
        #expect(CallFailure.uri == "wamp.error.canceled")
        #expect(CallFailure("no").arguments == [["error": "no"]])
    }

    @Test("states, their normalised targets and what can be stored follow table 1.5")
    func states() {
        #expect(AppState.building.normalisedTarget == .present)
        #expect(AppState.starting.normalisedTarget == .running)
        #expect(AppState.deleting.normalisedTarget == .removed)
        #expect(AppState.built.normalisedTarget == .built)
        #expect(AppState.allCases.filter { !$0.isStorable } == [.stopped])
        #expect(AppState.failed.isTransient == false)
        #expect(AppState.updating.isTransient)
        #expect(Stage.prod.lowercased == "prod")
    }
}

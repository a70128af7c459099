import StudioCore
import Testing

@Suite("Who may ask")
struct CallerTests {
    @Test(
        "the router's disclosure tells router, operators, devices and strangers apart",
        arguments: [
            ("system", "backend", Caller.system), ("2-3", "device", .device(swarmKey: 2, key: 3)),
            ("42", "backend", .stranger), ("2-3-4", "device", .stranger), ("a-3", "device", .stranger),
            ("operator", "operator", .operator), ("operator", "backend", .stranger), ("operator", "device", .stranger),
            ("", "", .stranger), ("-3", "device", .stranger), ("2-", "device", .stranger),
            ("routerworker-worker001-realm-realm001-serviceagent", "trusted", .router),
        ])
    func kinds(authID: String, role: String, expected: Caller) {
        #expect(Caller(authID: authID, role: role) == expected)
    }

    @Test("a router that discloses nobody brings strangers only")
    func undisclosed() {
        #expect(Caller(authID: nil) == .stranger)
    }

    @Test(
        "one device has one identity: other spellings of its numbers are nobody's", arguments: ["2-03", "2-+3", "02-3"])
    func spelling(authID: String) {
        #expect(Caller(authID: authID) == .stranger)
        #expect(Caller.keys(ofDevice: authID) == nil)
    }

    @Test(
        "whoever claims to be forwarded is a stranger, whatever name and role the claim has",
        arguments: [("system", "backend"), ("2-3", "device"), ("x", "trusted")])
    func forwarded(authID: String, role: String) {
        #expect(Caller(authID: authID, role: role, isForwarded: true) == .stranger)
    }

    @Test("a device speaks for itself alone, and only in its own project")
    func ownDevice() throws {
        try Caller(authID: "2-3").requireDevice(3, ofSwarm: 2)
        try Caller.system.requireDevice(3, ofSwarm: 2)
        for caller in [Caller(authID: "2-4"), Caller(authID: "7-3"), .stranger, .router, .operator] {
            #expect(throws: StudioError.self) { try caller.requireDevice(3, ofSwarm: 2) }
        }
    }

    @Test("what is per device is for devices of the project alone")
    func anyDevice() throws {
        #expect(try Caller(authID: "2-3").requireAnyDevice(ofSwarm: 2) == 3)
        for caller in [Caller(authID: "7-3"), .system, .operator, .stranger, .router] {
            #expect(throws: StudioError.self) { try caller.requireAnyDevice(ofSwarm: 2) }
        }
    }

    @Test("operator procedures are for the studio's own and its operators alone")
    func operators() throws {
        try Caller.system.requireOperator()
        try Caller.operator.requireOperator()
        for caller in [Caller(authID: "2-3"), .stranger, .router] {
            #expect(throws: StudioError.self) { try caller.requireOperator() }
        }
    }

    @Test("secrets are told to the router alone")
    func router() throws {
        try Caller.router.requireRouter()
        for caller in [Caller(authID: "2-3"), .stranger, .system, .operator] {
            #expect(throws: StudioError.self) { try caller.requireRouter() }
        }
    }
}

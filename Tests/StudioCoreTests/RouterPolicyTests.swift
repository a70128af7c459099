import DeviceProtocol
import Testing

@testable import StudioCore

/// Device 1 has the serial number `aa-11`, its neighbour 2 one that begins like it, `aa-112`.
@Suite("Who may do what on the studio's router")
struct RouterPolicyTests {
    typealias Match = RouterPolicy.Match
    typealias Verb = RouterPolicy.Verb

    private static let serials: [UInt64: String] = [1: "aa-11", 2: "aa-112", 3: "a.b", 4: "", 5: "a b", 6: "a#b"]
    private static let device = RouterAccount(authID: "1-1", role: "device")
    private static let policy = RouterPolicy(swarmKey: 1)

    private static func allows(
        _ verb: Verb, _ uri: String, _ match: Match = .exact, by account: RouterAccount = device
    ) -> Bool {
        policy.decision(verb, uri, match: match, by: account, serial: { serials[$0] }).isAllowed
    }

    // MARK: A device and its own names

    @Test("a device registers each of its own procedures", arguments: DeviceProcedure.allCases)
    func ownProcedures(procedure: DeviceProcedure) {
        #expect(Self.allows(.register, procedure.uri(serial: "aa-11")))
    }

    @Test(
        "a device publishes and hears all that the agent publishes and hears below its serial number",
        arguments: [
            "re.mgmt.aa-11.data.22ec62b4", "re.mgmt.aa-11.term_data.prod_3_app.f721062d", "re.mgmt.aa-11.cmd_output_17",
            "re.mgmt.aa-11.tunnel_state_update/onreload", "re.mgmt.aa-11.agent_update_progress",
            "re.mgmt.aa-11.download_os_update_progress", "re.mgmt.aa-11.term_write.prod_3_app.f721062d",
            "reswarm.logs.aa-11.prod_1_app", "reswarm.logs.aa-11.prod_1_app.with.dots",
        ])
    func ownTopics(topic: String) {
        #expect(Self.allows(.publish, topic))
        #expect(Self.allows(.subscribe, topic))
    }

    @Test(
        "patterns that can match nothing but own topics are allowed",
        arguments: [
            ("re.mgmt.aa-11.", Match.prefix), ("re.mgmt.aa-11.term_write.", .prefix), ("reswarm.logs.aa-11.", .prefix),
            ("re.mgmt.aa-11.", .wildcard), ("re.mgmt.aa-11..x", .wildcard), ("reswarm.logs.aa-11.", .wildcard),
        ])
    func ownPatterns(topic: String, match: Match) {
        #expect(Self.allows(.subscribe, topic, match))
    }

    // MARK: A device and everything else

    /// Names that are not device 1's, and tricks to make them look so.
    private static let foreign: [(String, Match)] = [
        // the neighbour's, whose serial number begins like the own one
        ("re.mgmt.aa-112.request_app_state", .exact), ("re.mgmt.aa-112.", .prefix), ("reswarm.logs.aa-112.x", .exact),
        // patterns that match more than the own ones
        ("re.mgmt.aa-11", .prefix), ("re.mgmt.aa-1", .prefix), ("re.mgmt.", .prefix), ("re.", .prefix), ("", .prefix),
        ("reswarm.logs.", .prefix), ("reswarm.logs.aa-11", .prefix), ("reswarm.", .prefix),
        ("re.mgmt..request_app_state", .wildcard), ("re..aa-11.x", .wildcard), ("...", .wildcard),
        (".mgmt.aa-11.x", .wildcard), ("reswarm.logs..", .wildcard), ("re.mgmt.aa-11", .wildcard), ("", .wildcard),
        // exact names with holes, and the own prefix without anything
        ("re.mgmt..x", .exact), ("re.mgmt.aa-11.", .exact), ("re.mgmt.aa-11", .exact), ("", .exact), (".", .exact),
        ("re..mgmt.aa-11.x", .exact), (".re.mgmt.aa-11.x", .exact), ("x.re.mgmt.aa-11.y", .exact),
        // another case, another separator
        ("RE.mgmt.aa-11.x", .exact), ("re.mgmt.AA-11.x", .exact), ("re/mgmt/aa-11/x", .exact),
        ("re.mgmt.aa-11/x", .exact),
        // somebody else's altogether
        ("studio.changes", .exact), ("studio.", .prefix), ("reswarm.api.testament_devices", .exact),
        ("reswarm.device.%d.list/ondestroy", .exact), ("wamp.session.on_join", .exact), ("wamp.", .prefix),
        ("wamp.subscription.on_create", .prefix), ("wamp.subscription.on_create", .wildcard),
    ]

    @Test("a device registers, publishes, hears and calls nothing of others", arguments: Verb.allCases, foreign)
    func foreignNames(verb: Verb, name: (String, Match)) {
        #expect(!Self.allows(verb, name.0, name.1))
    }

    @Test(
        "a device registers no patterns, not even below its own name",
        arguments: ["re.mgmt.aa-11.", "re.mgmt.aa-11.x"], [Match.prefix, .wildcard])
    func noPatternRegistrations(uri: String, match: Match) {
        #expect(!Self.allows(.register, uri, match))
    }

    @Test(
        "a device calls the backend and what it needs of the router",
        arguments: RouterNames.servedProcedures.sorted() + [
            "wamp.session.add_testament", "wamp.session.flush_testaments", "wamp.subscription.match",
        ])
    func backend(procedure: String) {
        #expect(Self.allows(.call, procedure))
        #expect(!Self.allows(.register, procedure), "and does not take their place")
    }

    @Test(
        "a device calls no operator procedure, no device, not even itself, and nothing else of the router",
        arguments: [
            "studio.device.add", "studio.device.list", "studio.authenticate", "re.mgmt.aa-11.get_images",
            "re.mgmt.aa-112.get_images", "reswarm.devices.update_device_statu", "reswarm.devices.get_app_cred_keys",
            "reswarm.api.testament_device", "wamp.session.kill", "wamp.session.kill_by_authid", "wamp.session.kill_all",
            "wamp.session.list", "wamp.session.get", "wamp.registration.list", "wamp.registration.lookup",
            "wamp.registration.remove_callee", "wamp.subscription.list", "wamp.subscription.remove_subscriber", "",
        ])
    func otherCalls(procedure: String) {
        #expect(!Self.allows(.call, procedure))
    }

    @Test("a device hears the three meta topics that it needs, and its testament is published in its name")
    func meta() {
        for topic in ["on_create", "on_delete"] { #expect(Self.allows(.subscribe, "wamp.subscription.\(topic)")) }
        #expect(Self.allows(.subscribe, "wamp.registration.on_unregister"))
        #expect(!Self.allows(.subscribe, "reswarm.api.testament_device"), "those of others are not for it")
        #expect(Self.allows(.publish, "reswarm.api.testament_device"))
        #expect(!Self.allows(.publish, "wamp.subscription.on_create"))
    }

    @Test("a serial number that is no single component of a name has no names at all", arguments: [3, 4, 5, 6])
    func oddSerials(key: UInt64) throws {
        let account = RouterAccount.device(swarmKey: 1, key: key)
        let serial = try #require(Self.serials[key])
        for verb in [Verb.register, .publish, .subscribe] {
            #expect(!Self.allows(verb, "re.mgmt.\(serial).x", by: account))
        }
        #expect(!Self.allows(.call, BackendProcedure.readDeviceMetadata, by: account))
    }

    @Test("device 3 with the serial number `a.b` owns nothing of a device with the serial number `a`")
    func dottedSerial() {
        let policy = RouterPolicy(swarmKey: 1)
        let serials: [UInt64: String] = [1: "a", 3: "a.b"]
        for (key, isAllowed) in [(UInt64(1), true), (3, false)] {
            let decision = policy.decision(
                .subscribe, "re.mgmt.a.b.x", by: .device(swarmKey: 1, key: key), serial: { serials[$0] })
            #expect(decision.isAllowed == isAllowed)
        }
    }

    @Test(
        "a device that is not enrolled, or of another project, may do nothing",
        arguments: [RouterAccount.device(swarmKey: 1, key: 99), .device(swarmKey: 2, key: 1)], Verb.allCases)
    func strangeDevices(account: RouterAccount, verb: Verb) {
        for uri in ["re.mgmt.aa-11.x", "reswarm.logs.aa-11.x", BackendProcedure.readDeviceMetadata] {
            #expect(!Self.allows(verb, uri, by: account))
        }
    }

    // MARK: The other accounts

    @Test("an operator calls the studio, hears changes and logs, and nothing else")
    func operators() {
        for procedure in ["studio.device.add", "studio.app.run", "studio.app.log_history"] {
            #expect(Self.allows(.call, procedure, by: .operator))
        }
        let topics: [(String, Match)] = [
            ("studio.changes", .exact), ("reswarm.logs.aa-11.x", .exact), ("reswarm.logs.", .prefix),
            ("reswarm.logs..prod_1_x", .wildcard),
        ]
        for (topic, match) in topics { #expect(Self.allows(.subscribe, topic, match, by: .operator)) }
        let calls = [
            "studio.authenticate", "studio", "studiox.device.add", "re.mgmt.aa-11.execute_cmd", "wamp.session.kill_all",
            "wamp.session.list", BackendProcedure.getAppCredentialKey,
        ]
        for procedure in calls { #expect(!Self.allows(.call, procedure, by: .operator)) }
        let deaf: [(String, Match)] = [
            ("studio.", .prefix), ("studio.changes", .prefix), ("", .prefix), ("re.mgmt.aa-11.term_data.x", .exact),
            ("re.mgmt.", .prefix), ("reswarm.", .prefix), ("reswarm.logs", .prefix),
            ("reswarm.api.testament_device", .exact),
            ("..aa-11.x", .wildcard), ("wamp.session.on_join", .exact),
        ]
        for (topic, match) in deaf { #expect(!Self.allows(.subscribe, topic, match, by: .operator)) }
        for uri in ["studio.changes", "studio.device.add", "re.mgmt.aa-11.term_write.x", "reswarm.logs.aa-11.x"] {
            #expect(!Self.allows(.register, uri, by: .operator))
            #expect(!Self.allows(.publish, uri, by: .operator))
        }
    }

    @Test("the studio registers what it serves, calls devices, announces changes and hears testaments")
    func system() {
        for procedure in RouterNames.servedProcedures.sorted() + ["studio.device.add", "studio.authenticate"] {
            #expect(Self.allows(.register, procedure, by: .system))
        }
        for procedure in ["re.mgmt.aa-11.request_app_state", "re.mgmt.x.y.z", "wamp.registration.lookup"] {
            #expect(Self.allows(.call, procedure, by: .system))
        }
        #expect(Self.allows(.publish, "studio.changes", by: .system))
        for topic in ["reswarm.api.testament_device", "wamp.session.on_join", "wamp.session.on_leave"] {
            #expect(Self.allows(.subscribe, topic, by: .system))
        }
        #expect(Self.allows(.subscribe, "wamp.session.on_", .prefix, by: .system))
    }

    @Test(
        "the studio does not do what it does not need",
        arguments: [
            (Verb.register, "re.mgmt.aa-11.x"), (.register, "wamp.x"), (.register, "reswarm.other"),
            (.call, "re.mgmt."),
            (.call, "re.mgmt..x"), (.call, "re.mgmt.aa-11"), (.call, "wamp.session.kill_all"),
            (.publish, "reswarm.logs.aa-11.x"), (.subscribe, "reswarm.logs.aa-11.x"),
        ])
    func systemLimits(verb: Verb, uri: String) {
        #expect(!Self.allows(verb, uri, by: .system))
        for match in [Match.prefix, .wildcard] { #expect(!Self.allows(verb, uri, match, by: .system)) }
    }

    @Test(
        "an account is a name and a role together; anything else is nobody and may do nothing",
        arguments: [
            ("system", "operator"), ("system", "device"), ("operator", "backend"), ("operator", "device"),
            ("anonymous", "anonymous"), ("1-1", "backend"), ("1-1", "operator"), ("1-01", "device"),
            ("1-1-1", "device"),
            ("", "device"), ("", ""), ("42", "backend"), ("System", "backend"), ("system ", "backend"),
        ])
    func nobody(authID: String, role: String) {
        let account = RouterAccount(authID: authID, role: role)
        #expect(account == .nobody)
        for verb in Verb.allCases {
            for uri in ["studio.changes", "studio.device.list", "re.mgmt.aa-11.x", "reswarm.logs.aa-11.x"] {
                #expect(!Self.allows(verb, uri, by: account))
            }
        }
    }

    @Test("a refusal has a reason for the log")
    func reasons() {
        let decision = Self.policy.decision(.call, "studio.device.add", by: Self.device) { Self.serials[$0] }
        #expect(decision == .denied("a device calls the backend and no other device"))
    }
}

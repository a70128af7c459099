import DeviceProtocol
import StudioCore
import Testing
import Values
import WAMP

@testable import StudioServer

@Suite("Who may call what")
struct CallerRuleTests {
    /// Procedures about one device, with good arguments for device 1.
    private static let ofDevice: [(String, Value)] = [
        (BackendProcedure.readDeviceMetadata, ["device_key": 1, "swarm_key": 1]),
        (
            BackendProcedure.updateDeviceStatus,
            ["device_key": 1, "status": "CONNECTED", "wamp_session_id": 7, "stats": [:]]
        ),
        (
            BackendProcedure.updateDeviceArchitecture,
            ["device_key": 1, "architecture": "amd64", "os": "Debian", "agent_version": "1"]
        ),
        (
            BackendProcedure.checkPrivilege,
            ["privilege": "READ", "entity": "DEVICE", "entity_key": 1, "requestor_account_key": 1, "swarm_key": 1]
        ),
        (BackendProcedure.getRequestedAppStates, ["device_key": 1]),
        (BackendProcedure.updateAppOnDevice, ["device_key": 1, "app_key": 1, "stage": "PROD", "state": "RUNNING"]),
    ]

    private static let operators = [
        OperatorProcedures.addDevice, OperatorProcedures.listDevices, OperatorProcedures.runApp,
        OperatorProcedures.setTarget, OperatorProcedures.listApps, OperatorProcedures.logHistory,
    ]

    @Test("every procedure that the agent calls and the command line needs is there, once")
    func complete() async throws {
        try await Bench.with { bench in
            let names = StudioProcedures(studio: bench.studio).all.map(\.name)
            let expected =
                Self.ofDevice.map(\.0) + Self.operators + [
                    BackendProcedure.getAppCredentialKey, BackendProcedure.getRegistryToken,
                    OperatorProcedures.authenticate,
                ]
            #expect(names.sorted() == expected.sorted())
        }
    }

    @Test("a device may speak for itself, and an operator for it", arguments: ofDevice.indices, [true, false])
    func allowed(index: Int, isDevice: Bool) async throws {
        let (procedure, argument) = Self.ofDevice[index]
        try await Bench.with { bench in
            try await bench.enrol()
            let who = isDevice ? Bench.Who.device(1) : Bench.system
            #expect(try await bench.error(procedure, [argument], as: who) == nil)
        }
    }

    @Test(
        "nobody speaks for another device",
        arguments: ofDevice.indices,
        [
            Bench.Who.device(2), .device(1, swarm: 2), Bench.stranger, Bench.Who(), Bench.router, Bench.commandLine,
            Bench.Who(authID: "1-1", role: "device", forwarded: true),
        ])
    func refused(index: Int, who: Bench.Who) async throws {
        let (procedure, argument) = Self.ofDevice[index]
        try await Bench.with { bench in
            try await bench.enrol("a")
            try await bench.enrol("b")
            #expect(try await bench.error(procedure, [argument], as: who) == "wamp.error.not_authorized")
            #expect(try await bench.device("a")["status"] == "DISCONNECTED")
        }
    }

    @Test("arguments without a device are an error, never somebody's", arguments: ofDevice.indices)
    func malformed(index: Int) async throws {
        let (procedure, argument) = Self.ofDevice[index]
        let key = procedure == BackendProcedure.checkPrivilege ? "entity_key" : "device_key"
        var wrong = try #require(argument.object)
        try await Bench.with { bench in
            try await bench.enrol()
            for value: Value in [nil, "x", -1, 1.5, [1]] {
                wrong[key] = value
                #expect(
                    try await bench.error(procedure, [.object(wrong)], as: .device(1)) == "studio.invalid_argument")
            }
            for args: [Value] in [[], [nil], ["text"], [[argument]]] {
                #expect(try await bench.error(procedure, args, as: .device(1)) == "studio.invalid_argument")
            }
        }
    }

    @Test("a device that is not enrolled is nobody, even if the router let it in")
    func unknownDevice() async throws {
        try await Bench.with { bench in
            for (procedure, argument) in Self.ofDevice where procedure != BackendProcedure.checkPrivilege {
                let error = try await bench.error(procedure, [argument], as: .device(1))
                #expect(error == "studio.no_such_device")
            }
            let error = try await bench.error(BackendProcedure.getAppCredentialKey, [], as: .device(1))
            #expect(error == "studio.no_such_device")
        }
    }

    @Test(
        "keys and tokens are for devices alone",
        arguments: [BackendProcedure.getAppCredentialKey, BackendProcedure.getRegistryToken],
        [Bench.system, Bench.stranger, Bench.Who(), Bench.router, Bench.commandLine, .device(1, swarm: 2)])
    func devicesAlone(procedure: String, who: Bench.Who) async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            #expect(try await bench.error(procedure, [["callerID": 1]], as: who) == "wamp.error.not_authorized")
        }
    }

    @Test("the registry token is empty: nothing needs one")
    func token() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let answer = try await bench.call(
                BackendProcedure.getRegistryToken, [["callerID": 1]], as: .device(1))
            #expect(answer == [""])
        }
    }

    @Test(
        "operator procedures are refused to everybody else before they look at anything",
        arguments: operators,
        [
            Bench.Who.device(1), Bench.stranger, Bench.Who(), Bench.router,
            Bench.Who(authID: "system", role: "backend", forwarded: true),
            Bench.Who(authID: "operator", role: "operator", forwarded: true), Bench.Who(authID: "operator"),
        ])
    func operatorsAlone(procedure: String, who: Bench.Who) async throws {
        try await Bench.with { bench in
            let error = try await bench.error(procedure, [], as: who)
            #expect(error == "wamp.error.not_authorized")
        }
    }

    @Test("operators of both kinds of router are served", arguments: [Bench.system, Bench.commandLine] as [Bench.Who])
    func served(who: Bench.Who) async throws {
        try await Bench.with { bench in
            try await bench.enrol("other")
            #expect(try await bench.error(OperatorProcedures.addDevice, [["name": "kiosk"]], as: who) == nil)
            #expect(try await bench.error(OperatorProcedures.listDevices, [], as: who) == nil)
        }
    }

    @Test("the owner has every privilege, nobody else has one", arguments: [(1, true), (2, false), (0, false)])
    func privilege(account: Int64, isAllowed: Bool) async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            for privilege in ["READ", "NETWORK", "MAINTAIN", "DEVELOP"] {
                let question: Value = [
                    "privilege": .string(privilege), "entity": "DEVICE", "entity_key": 1, "swarm_key": 1,
                    "requestor_account_key": .int(account),
                ]
                let answer = try await bench.call(BackendProcedure.checkPrivilege, [question], as: .device(1))
                #expect(answer == [.bool(isAllowed)])
            }
        }
    }

    @Test("a question about no known privilege is an error, not a yes")
    func unknownPrivilege() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let question: Value = ["privilege": "EVERYTHING", "entity_key": 1, "requestor_account_key": 1]
            #expect(
                try await bench.error(BackendProcedure.checkPrivilege, [question], as: .device(1))
                    == "studio.invalid_argument")
        }
    }
}

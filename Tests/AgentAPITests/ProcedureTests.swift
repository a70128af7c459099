import AgentAPI
import AgentCore
import DeviceProtocol
import Testing
import Values

@Suite("Procedures of the device")
struct ProcedureTests {
    @Test("the handshake tells UTC in whole seconds and the serial number, as keywords")
    func handshake() async throws {
        let reply = try await APIBench().call(.deviceHandshake)
        #expect(reply == DeviceReply(keywords: ["utp": "2026-11-24T02:57:44Z", "id": "S1"]))
    }

    @Test("presence is answered with the recorded text")
    func presence() async throws {
        #expect(try await APIBench().call(.wampConnectionEstablished) == DeviceReply(["Hello :-)"]))
    }

    @Test("S15: every procedure survives odd arguments with a reply or an error")
    func oddArguments() async {
        let bench = APIBench()
        let procedures = bench.api.procedures
        #expect(procedures.count == 10)
        for procedure in procedures {
            for arguments: [Value] in [[], [nil], [1], ["x"], [[:]], [[]], [["containerName": 5]]] {
                do throws(CallFailure) {
                    _ = try await bench.call(procedure, arguments)
                } catch {
                    #expect(!error.message.isEmpty)
                    #expect(error.arguments == [["error": .string(error.message)]])
                }
            }
        }
    }

    @Test(
        "S15: procedures that need arguments answer an error without them",
        arguments: [[], [nil], [1], ["x"], [[:]]] as [[Value]])
    func missingArguments(_ arguments: [Value]) async {
        let bench = APIBench()
        await #expect(throws: CallFailure.self) { try await bench.call(.getAppLogHistory, arguments) }
        await #expect(throws: CallFailure.self) { try await bench.call(.requestAppState, arguments) }
    }

    @Test("an unknown procedure is an error")
    func unknown() async {
        await #expect(throws: CallFailure("there is no procedure nope")) {
            try await APIBench().api.handle(DeviceCall(procedure: "nope", callerAuthID: "system"))
        }
    }

    @Test("a request is stored and answered with nothing; wrong types carry the recorded text")
    func requestAppState() async throws {
        let bench = APIBench()
        let good: Object = ["app_key": 1, "app_name": "a", "stage": "DEV", "target_state": "PRESENT"]
        #expect(try await bench.call(.requestAppState, keywords: good) == .empty)
        #expect(bench.requests == [try AppRequest(keywords: good)])
        await #expect(throws: CallFailure("failed to parse app_key")) {
            try await bench.call(.requestAppState, keywords: ["app_key": "x", "app_name": "myapp", "stage": "PROD"])
        }
        #expect(bench.requests.count == 1)
    }

    @Test(
        "a request without a mandatory key, with one of another type, or with a name that leads elsewhere: a sentence, and nothing is requested",
        arguments: [
            ("app_key", nil), ("app_key", 0), ("app_key", -1), ("app_key", "x"), ("app_key", [:]), ("app_key", 1.5),
            ("app_name", nil), ("app_name", ""), ("app_name", 7), ("app_name", ".."), ("app_name", "."),
            ("app_name", "../../etc"), ("app_name", "a/b"), ("app_name", "/"), ("app_name", "a\u{0}b"),
            ("stage", nil), ("stage", "TEST"), ("stage", 1), ("stage", []), ("target_state", nil),
            ("target_state", "FLYING"), ("target_state", 3), ("target_state", [:]), ("environment", "A=1"),
            ("environment", []), ("environment", 5), ("ports", "80"), ("ports", [:]), ("docker_compose", "x"),
            ("request_update", "yes"), ("cancel_transition", 1), ("image", 1), ("present_version", [:]),
        ] as [(String, Value)])
    func badRequest(_ key: String, _ value: Value) async {
        let bench = APIBench()
        var request: Object = ["app_key": 1, "app_name": "a", "stage": "PROD", "target_state": "RUNNING"]
        request[key] = value
        let error = await #expect(throws: CallFailure.self) {
            try await bench.call(.requestAppState, keywords: request)
        }
        #expect(error?.message.isEmpty == false)
        #expect(bench.requests.isEmpty)
    }

    @Test("an environment of a megabyte is taken whole")
    func largeEnvironment() async throws {
        let bench = APIBench()
        let text = String(repeating: "x", count: 1 << 20)
        let request: Object = [
            "app_key": 1, "app_name": "a", "stage": "PROD", "target_state": "RUNNING",
            "environment": ["LARGE": ["value": .string(text)]],
        ]
        _ = try await bench.call(.requestAppState, keywords: request)
        #expect(bench.requests.first?.environment["LARGE"]?["value"] == .string(text))
    }

    @Test("what kept a request from being stored reaches the caller")
    func storeError() async {
        let bench = APIBench()
        bench.refuse(StoreError("database is full"))
        await #expect(throws: CallFailure("database is full")) {
            try await bench.call(
                .requestAppState,
                keywords: ["app_key": 1, "app_name": "a", "stage": "DEV", "target_state": "PRESENT"])
        }
    }

    @Test("containers are passed through with the engine's keys, unknown ones included, as one argument")
    func containers() async throws {
        let bench = APIBench()
        #expect(try await bench.call(.listContainers) == DeviceReply([[]]))
        let summary: Value = ["Id": "3385", "Names": ["/prod_3_a"], "Brand new key": ["x": nil], "Ports": nil]
        bench.containers(.success([summary]))
        #expect(try await bench.call(.listContainers) == DeviceReply([[summary]]))
        bench.containers(.failure(EngineError(.unavailable, "the engine does not answer")))
        await #expect(throws: CallFailure("the engine does not answer")) { try await bench.call(.listContainers) }
    }

    @Test("images are one argument each, with renamed keys; empty members are left out, −1 is sent")
    func images() async throws {
        let bench = APIBench()
        #expect(try await bench.call(.getImages) == DeviceReply([]))
        bench.images([
            [
                "Id": "sha256:03e8", "ParentId": "", "RepoTags": ["r/a:1.0.0"], "RepoDigests": [],
                "Created": 1_795_488_320,
                "Size": 1_985_472, "SharedSize": -1, "VirtualSize": 7, "Labels": nil, "Containers": -1,
            ],
            ["Id": "sha256:ffad", "Created": 0, "Size": 5, "RepoTags": [], "Labels": ["a": "b"], "Containers": 0],
            "odd",
        ])
        let reply = try await bench.call(.getImages)
        #expect(
            reply.arguments == [
                [
                    "created": 1_795_488_320, "containers": -1, "sharedSize": -1, "virtualSize": 7,
                    "id": "sha256:03e8", "size": 1_985_472, "repoTags": ["r/a:1.0.0"],
                ],
                ["virtualSize": 5, "id": "sha256:ffad", "labels": ["a": "b"], "size": 5],
            ])
    }

    @Test("S55: metadata comes from the device alone, without keys about newer versions (S-44)")
    func metadata() async throws {
        let reply = try await APIBench().call(.getAgentMetadata)
        #expect(
            reply
                == DeviceReply([
                    [
                        "os": "linux debian 12.11 6.1.0", "OSVersion": "linux debian 12.11 6.1.0", "arch": "arm",
                        "variant": "v7", "version": "1.2.3", "serialNumber": "S1", "canUpdate": true,
                        "tunnelCapable": false,
                    ]
                ]))
    }

    @Test("storage data are the statistics of the heartbeat")
    func storage() async throws {
        #expect(try await APIBench().call(.getStorageData) == DeviceReply([["cpu_count": 2, "cpu_usage": 8.25]]))
    }

    @Test("addresses: loopback and docker interfaces are left out of the one, masks are base64 in the other")
    func addresses() async throws {
        let bench = APIBench()
        #expect(try await bench.call(.getIPv4Addresses) == DeviceReply([nil]))
        #expect(try await bench.call(.getNetworkMetadata) == DeviceReply([]))
        let masks: [UInt8] = [255, 255, 255, 0]
        bench.addresses([
            InterfaceAddress(interface: "lo", address: "127.0.0.1", mask: [255, 0, 0, 0], isIPv6: false),
            InterfaceAddress(interface: "eth0", address: "192.0.2.2", mask: masks, isIPv6: false),
            InterfaceAddress(
                interface: "eth0", address: "fd00::2",
                mask: [UInt8](repeating: 255, count: 8) + [UInt8](repeating: 0, count: 8),
                isIPv6: true),
            InterfaceAddress(interface: "docker0", address: "172.17.0.1", mask: [255, 255, 0, 0], isIPv6: false),
        ])
        #expect(
            try await bench.call(.getIPv4Addresses)
                == DeviceReply([[["interfaceName": "eth0", "ip": "192.0.2.2"]]]))
        #expect(
            try await bench.call(.getNetworkMetadata)
                == DeviceReply([
                    ["IP": "127.0.0.1", "Mask": "/wAAAA=="], ["IP": "192.0.2.2", "Mask": "////AA=="],
                    ["IP": "fd00::2", "Mask": "//////////8AAAAAAAAAAA=="], ["IP": "172.17.0.1", "Mask": "//8AAA=="],
                ]))
    }

    @Test("log history is one list of text, empty instead of null")
    func history() async throws {
        let bench = APIBench()
        #expect(try await bench.call(.getAppLogHistory, [["containerName": "prod_1_a"]]) == DeviceReply([[]]))
        bench.history(["Starting myapp...", "app started"])
        #expect(
            try await bench.call(.getAppLogHistory, [["containerName": "prod_1_a"]])
                == DeviceReply([["Starting myapp...", "app started"]]))
    }

    @Test("log history: missing arguments carry the recorded text; C74: an invalid name is an error")
    func historyErrors() async {
        let bench = APIBench()
        await #expect(throws: CallFailure("arguments are missing")) { try await bench.call(.getAppLogHistory) }
        await #expect(throws: CallFailure("containerName is missing")) {
            try await bench.call(.getAppLogHistory, [[:]])
        }
        await #expect(throws: CallFailure("failed to parse containerName")) {
            try await bench.call(.getAppLogHistory, [["containerName": " "]])
        }
        await #expect(throws: CallFailure("invalid container name: foreign")) {
            try await bench.call(.getAppLogHistory, [["containerName": "foreign"]])
        }
    }
}

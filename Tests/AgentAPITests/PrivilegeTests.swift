import AgentCore
import DeviceProtocol
import Testing
import Values

private let readers: [DeviceProcedure] = [
    .listContainers, .getImages, .getStorageData, .getAppLogHistory, .getAgentMetadata, .getIPv4Addresses,
    .getNetworkMetadata,
]

private let request: Object = [
    "app_key": 1, "app_name": "myapp", "stage": "PROD", "target_state": "RUNNING", "requestor_account_key": 42,
]

private func question(_ privilege: String, _ account: UInt64) -> Value {
    [
        "privilege": .string(privilege), "entity": "DEVICE", "entity_key": 3,
        "requestor_account_key": .integer(account), "swarm_key": 2,
    ]
}

@Suite("Privileges")
struct PrivilegeTests {
    @Test("the backend itself passes without a question", arguments: readers)
    func system(_ procedure: DeviceProcedure) async throws {
        let bench = APIBench()
        _ = try await bench.call(procedure, [["containerName": "prod_1_a"]])
        #expect(bench.questions.isEmpty)
    }

    @Test("an account is asked for READ", arguments: readers)
    func account(_ procedure: DeviceProcedure) async throws {
        let bench = APIBench()
        _ = try await bench.call(procedure, [["containerName": "prod_1_a"]], caller: "7")
        #expect(bench.questions == [question("READ", 7)])
    }

    @Test("S56: a system call with the keyword asks for that account; a non-number or none stays system")
    func keyword() async throws {
        let bench = APIBench()
        _ = try await bench.call(.listContainers, keywords: ["requestor_account_key": 42])
        #expect(bench.questions == [question("READ", 42)])
        for value: Value? in ["abc", nil, .null, [1], true] {
            var keywords: Object = [:]
            keywords["requestor_account_key"] = value
            _ = try await bench.call(.listContainers, keywords: keywords)
        }
        #expect(bench.questions.count == 1)
    }

    @Test("S57: the key in the first positional dictionary asks for that account (C-53)")
    func positional() async throws {
        let bench = APIBench()
        for value: Value in [42, 42.0, "42"] {
            _ = try await bench.call(
                .getAppLogHistory, [["containerName": "prod_1_a", "requestor_account_key": value]])
        }
        #expect(bench.questions == [question("READ", 42), question("READ", 42), question("READ", 42)])
    }

    @Test("S58: an account without privilege is denied, and the engine is not touched", arguments: readers)
    func denied(_ procedure: DeviceProcedure) async {
        let bench = APIBench()
        bench.answer([false])
        await #expect(throws: CallFailure("insufficient privileges to call \(procedure.rawValue)")) {
            try await bench.call(procedure, [["containerName": "prod_1_a"]], caller: "7")
        }
        #expect(bench.engineCalls == 0)
    }

    @Test(
        "S58: a request for an app needs MAINTAIN for PROD and DEVELOP for DEV",
        arguments: [("PROD", "MAINTAIN"), ("DEV", "DEVELOP")])
    func requestPrivileges(_ stage: String, _ privilege: String) async throws {
        let bench = APIBench()
        var keywords = request
        keywords["stage"] = .string(stage)
        _ = try await bench.call(.requestAppState, keywords: keywords, caller: "7")
        keywords["requestor_account_key"] = nil
        _ = try await bench.call(.requestAppState, keywords: keywords, caller: "7")
        #expect(bench.questions == [question(privilege, 42), question(privilege, 7)])
        bench.answer([false])
        await #expect(throws: CallFailure("insufficient privileges to call request_app_state")) {
            try await bench.call(.requestAppState, keywords: keywords, caller: "7")
        }
        #expect(bench.requests.count == 2)
    }

    @Test("a request of the backend passes although it names the account that wanted it")
    func systemRequest() async throws {
        let bench = APIBench()
        bench.answer([false])
        let reply = try await bench.call(.requestAppState, keywords: request)
        #expect(reply == .empty)
        #expect(bench.questions.isEmpty)
        #expect(bench.requests.first?.requestorAccountKey == 42)
    }

    @Test(
        "a caller that is neither system nor an account is an error",
        arguments: [nil, "", "system2", "-1", "2-3", "admin"])
    func unknownCaller(_ caller: String?) async {
        let bench = APIBench()
        for procedure in readers + [.requestAppState] {
            await #expect(throws: CallFailure("the caller is neither system nor an account")) {
                try await bench.call(procedure, keywords: request, caller: caller)
            }
        }
        #expect(bench.questions.isEmpty)
    }

    @Test("a check that could not be made is not worded as a denial")
    func failedCheck() async {
        let bench = APIBench()
        bench.failCheck()
        do throws(CallFailure) {
            _ = try await bench.call(.listContainers, caller: "7")
            Issue.record("passed")
        } catch {
            #expect(!error.message.contains("insufficient"))
            #expect(error.message.contains("no reply within 10 s"))
        }
    }

    @Test(
        "an answer that is no Boolean lets nobody pass and denies nobody",
        arguments: [[], [nil], ["true"], [1]] as [[Value]])
    func oddAnswer(_ answer: [Value]) async {
        let bench = APIBench()
        bench.answer(answer)
        do throws(CallFailure) {
            _ = try await bench.call(.listContainers, caller: "7")
            Issue.record("passed")
        } catch {
            #expect(!error.message.contains("insufficient"))
        }
    }

    @Test(
        "presence needs no privilege, whoever asks",
        arguments: [DeviceProcedure.deviceHandshake, .wampConnectionEstablished])
    func presence(_ procedure: DeviceProcedure) async throws {
        let bench = APIBench()
        bench.answer([false])
        _ = try await bench.call(procedure, caller: nil)
        #expect(bench.questions.isEmpty)
    }
}

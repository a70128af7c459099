import DeviceProtocol
import Testing
import Values

private let recorded: Object = [
    "app_key": 1, "app_name": "myapp", "stage": "PROD", "target_state": "RUNNING", "current_state": "PRESENT",
    "manually_requested_state": "RUNNING", "release_key": 11, "new_release_key": 11, "requestor_account_key": 42,
    "device_owner_account_key": 43, "device_key": 3, "swarm_key": 2,
    "serial_number": "c6aa09d3-3dbd-4830-a230-bf75cdd7f149", "device_to_app_key": 101, "present_version": "1.0.0",
    "newest_version": "1.1.0", "version": "1.0.1", "request_update": false,
    "environment": ["GREETING": ["value": "hello"]], "environment_template": ["MODE": ["defaultValue": "demo"]],
    "ports": [], "app_cred_epoch": 1,
]

private func with(_ key: String, _ value: Value?) -> Object {
    var object = recorded
    object[key] = value
    return object
}

@Suite("Requests for apps")
struct AppRequestTests {
    @Test("a recorded call is decoded field by field")
    func decodesRecording() throws {
        let request = try AppRequest(keywords: recorded)
        #expect(request.appKey == 1)
        #expect(request.appName == "myapp")
        #expect(request.stage == .prod)
        #expect(request.target == .running)
        #expect(request.currentState == .present)
        #expect(request.releaseKey == 11)
        #expect(request.newReleaseKey == 11)
        #expect(request.requestorAccountKey == 42)
        #expect(request.deviceOwnerAccountKey == 43)
        #expect(request.presentVersion == "1.0.0")
        #expect(request.newestVersion == "1.1.0")
        #expect(request.version == "1.0.1")
        #expect(!request.requestUpdate)
        #expect(!request.cancelTransition)
        #expect(request.environment == ["GREETING": ["value": "hello"]])
        #expect(request.environmentTemplate == ["MODE": ["defaultValue": "demo"]])
        #expect(request.ports == [])
        #expect(request.credentialEpoch == 1)
        #expect(request.dockerCompose.isNull)
        #expect(!request.isCompose)
    }

    @Test(
        "a wrong type fails the call with the reference's text",
        arguments: ["x", "5", -1, 1.5, true, [1], ["a": 1]] as [Value])
    func wrongAppKey(_ value: Value) {
        #expect(throws: PayloadError(.malformed, field: "app_key")) {
            try AppRequest(keywords: with("app_key", value))
        }
        #expect(PayloadError(.malformed, field: "app_key").description == "failed to parse app_key")
    }

    @Test(
        "key, name, stage and target are mandatory; null counts as absent (P2)",
        arguments: ["app_key", "app_name", "stage"])
    func mandatory(_ key: String) {
        for absent in [Value?.none, .some(.null)] {
            #expect(throws: PayloadError(.missing, field: key)) { try AppRequest(keywords: with(key, absent)) }
        }
    }

    @Test("an app key of 0 is refused (P2)")
    func zeroKey() {
        #expect(throws: PayloadError(.malformed, field: "app_key")) { try AppRequest(keywords: with("app_key", 0)) }
    }

    @Test(
        "T62: a request without app_name, or with a name that leaves its directory, is rejected (P2)",
        arguments: ["", ".", "..", "../x", "a/b", "/", "a\0b"])
    func unsafeName(_ name: String) {
        #expect(throws: PayloadError(.malformed, field: "app_name")) {
            try AppRequest(keywords: with("app_name", .string(name)))
        }
        #expect(throws: PayloadError(.malformed, field: "app_name")) {
            try AppRequest(syncRow: .object(with("app_name", .string(name))))
        }
    }

    @Test(
        "names with dots, spaces and letters of any script stay allowed", arguments: ["my.app", "..a", "a b", "Zähler"])
    func safeName(_ name: String) throws {
        #expect(try AppRequest(keywords: with("app_name", .string(name))).appName == name)
    }

    @Test("privileges are read and written; without the key an app has all rights (P36)")
    func privileges() throws {
        let value: Value = ["capabilities": ["NET_ADMIN", "SYS_TIME"], "devices": ["/dev/ttyS0"]]
        let request = try AppRequest(keywords: with("privileges", value))
        #expect(
            request.privileges
                == ContainerPrivileges(capabilities: ["NET_ADMIN", "SYS_TIME"], devices: ["/dev/ttyS0"]))
        #expect(request.object["privileges"] == value)
        #expect(try AppRequest(syncRow: .object(request.object)).privileges == request.privileges)
        #expect(try AppRequest(keywords: with("privileges", [:])).privileges == ContainerPrivileges())
        for absent in [Value?.none, .some(.null)] {
            #expect(try AppRequest(keywords: with("privileges", absent)).privileges == nil)
        }
    }

    @Test(
        "privileges that are not quite understood are refused: they must never become more (P36)",
        arguments: [
            true, "none", ["privileged": true], ["capabilities": "ALL"], ["capabilities": ["NET ADMIN"]],
            ["capabilities": [7]], ["devices": ["/etc/passwd"]], ["devices": ["/dev/../etc/shadow"]],
            ["devices": ["/dev/"]],
            ["devices": ["/dev/."]], ["devices": ["/dev//"]], ["devices": ["/dev"]],
        ] as [Value])
    func badPrivileges(_ value: Value) {
        #expect(throws: PayloadError.self) { try AppRequest(keywords: with("privileges", value)) }
        #expect(throws: PayloadError.self) { try AppRequest(syncRow: .object(with("privileges", value))) }
    }

    @Test(
        "an unknown stage or state is an error that names the key",
        arguments: ["stage", "target_state", "current_state"])
    func unknownWords(_ key: String) {
        #expect(throws: PayloadError(.malformed, field: key)) { try AppRequest(keywords: with(key, "prod")) }
    }

    @Test(
        "every typed key refuses a wrong type and names itself",
        arguments: [
            "version", "present_version", "newest_version", "request_update", "cancel_transition", "environment",
            "environment_template", "ports", "docker_compose", "new_docker_compose", "docker_credentials",
            "release_key", "new_release_key", "requestor_account_key", "device_owner_account_key", "image",
        ])
    func wrongTypes(_ key: String) {
        #expect(throws: PayloadError(.malformed, field: key)) { try AppRequest(keywords: with(key, 1.5)) }
    }

    @Test("the target falls back to manually_requested_state when missing or empty")
    func targetFallback() throws {
        var object = with("manually_requested_state", "PRESENT")
        object["target_state"] = ""
        #expect(try AppRequest(keywords: object).target == .present)
        object["target_state"] = nil
        #expect(try AppRequest(keywords: object).target == .present)
        object["manually_requested_state"] = nil
        #expect(throws: PayloadError(.missing, field: "target_state")) { try AppRequest(keywords: object) }
    }

    @Test("the current state falls back to state, and may be unknown")
    func currentFallback() throws {
        var object = with("current_state", nil)
        #expect(try AppRequest(keywords: object).currentState == nil)
        object["state"] = "FAILED"
        #expect(try AppRequest(keywords: object).currentState == .failed)
    }

    @Test("account_id stands in when the requestor's key is 0; both may be numeric text")
    func requestor() throws {
        var object = with("requestor_account_key", 0)
        object["account_id"] = "77"
        #expect(try AppRequest(keywords: object).requestorAccountKey == 77)
        object["requestor_account_key"] = "78"
        #expect(try AppRequest(keywords: object).requestorAccountKey == 78)
        object["requestor_account_key"] = nil
        object["account_id"] = nil
        #expect(try AppRequest(keywords: object).requestorAccountKey == 0)
    }

    @Test("numeric text is taken where the table says so, and nowhere else")
    func numericText() throws {
        #expect(try AppRequest(keywords: with("release_key", "12")).releaseKey == 12)
        #expect(try AppRequest(keywords: with("device_owner_account_key", "9")).deviceOwnerAccountKey == 9)
        #expect(try AppRequest(keywords: with("new_release_key", 12.0)).newReleaseKey == 12)
        #expect(throws: PayloadError(.malformed, field: "new_release_key")) {
            try AppRequest(keywords: with("new_release_key", "12"))
        }
    }

    @Test("epoch and instance key that cannot be read count as absent", arguments: ["x", -1, 1.5, [], true] as [Value])
    func unreadableEpoch(_ value: Value) throws {
        #expect(try AppRequest(keywords: with("app_cred_epoch", value)).credentialEpoch == nil)
        #expect(try AppRequest(keywords: with("instance_key", value)).instanceKey == nil)
    }

    @Test("epoch and instance key come in any integral shape")
    func readableEpoch() throws {
        #expect(try AppRequest(keywords: with("app_cred_epoch", "3")).credentialEpoch == 3)
        #expect(try AppRequest(keywords: with("app_cred_epoch", 3.0)).credentialEpoch == 3)
        #expect(try AppRequest(keywords: with("instance_key", "12")).instanceKey == 12)
    }

    @Test("environment members of any shape pass the decoder; the app fails later, alone (P15)")
    func oddEnvironment() throws {
        let odd: Value = ["A": 5, "B": nil, "C": ["value": [1]]]
        #expect(try AppRequest(keywords: with("environment", odd)).environment == odd)
    }

    @Test("registry logins need both parts as text")
    func logins() throws {
        let good: Value = ["r.example": ["username": "u", "password": "p"]]
        #expect(
            try AppRequest(keywords: with("docker_credentials", good)).registryLogins
                == [RegistryLogin(registry: "r.example", username: "u", password: "p")])
        for bad: Value in [["r": ["username": "u"]], ["r": ["username": 1, "password": "p"]], ["r": "text"]] {
            #expect(throws: PayloadError(.malformed, field: "docker_credentials")) {
                try AppRequest(keywords: with("docker_credentials", bad))
            }
        }
    }

    @Test("a login's description holds no password")
    func loginDescription() {
        #expect(!RegistryLogin(registry: "r", username: "u", password: "hidden").description.contains("hidden"))
    }

    @Test("an empty compose document already means compose, null means single (P38)")
    func compose() throws {
        #expect(try AppRequest(keywords: with("docker_compose", [:])).isCompose)
        #expect(try !AppRequest(keywords: with("docker_compose", .null)).isCompose)
    }

    @Test("the image key of our own is kept, empty means none")
    func image() throws {
        #expect(try AppRequest(keywords: with("image", "busybox:1")).image == "busybox:1")
        #expect(try AppRequest(keywords: with("image", "")).image == nil)
    }
}

@Suite("Rows of the bulk sync")
struct SyncRowTests {
    @Test("a recorded row is decoded; the version is the present one")
    func decodes() throws {
        let request = try AppRequest(syncRow: .object(recorded))
        #expect(request.appKey == 1)
        #expect(request.version == "1.0.0")
        #expect(request.credentialEpoch == 1)
        #expect(request.deviceOwnerAccountKey == 43)
    }

    @Test("an odd current state counts as none instead of losing the app (P29)")
    func oddCurrentState() throws {
        for value: Value in ["NOPE", 5, .null, ""] {
            #expect(try AppRequest(syncRow: .object(with("current_state", value))).currentState == nil)
        }
    }

    @Test("keys come in any integral shape")
    func integers() throws {
        #expect(try AppRequest(syncRow: .object(with("app_key", "8"))).appKey == 8)
        #expect(try AppRequest(syncRow: .object(with("new_release_key", "8"))).newReleaseKey == 8)
    }

    @Test("only target_state counts; the manual state of a row is not used")
    func target() {
        #expect(throws: PayloadError(.missing, field: "target_state")) {
            try AppRequest(syncRow: .object(with("target_state", nil)))
        }
    }

    @Test("what is no dictionary is an error", arguments: [.null, 1, "x", []] as [Value])
    func noDictionary(_ row: Value) {
        #expect(throws: PayloadError.self) { try AppRequest(syncRow: row) }
    }

    @Test("what the backend encodes is what the device decodes")
    func roundTrip() throws {
        var request = try AppRequest(keywords: recorded)
        request.image = "registry/x:1"
        request.instanceKey = 4
        request.cancelTransition = true
        request.dockerCompose = ["services": [:]]
        #expect(try AppRequest(keywords: request.object) == request)
    }
}

import Values

/// A call that no honest caller makes, and what it gets.
struct HostileRequest: Sendable, CustomStringConvertible {
    enum Expectation: Sendable {
        /// The device's one error, with its sentence.
        case error
        /// The answer of the wire, as if nothing odd had come.
        case result
    }

    var description: String
    var procedure = "request_app_state"
    var arguments: [Value] = []
    var keywords: Object = [:]
    var caller = "system"
    var expected = Expectation.error

    /// A request that a device would carry out.
    static let good: Object = [
        "app_key": 7, "app_name": "myapp", "stage": "PROD", "target_state": "PRESENT", "present_version": "1.0.0",
        "newest_version": "1.0.0", "version": "1.0.0", "requestor_account_key": 42, "environment": [:],
    ]

    /// The good request with one member replaced, or taken out.
    static func request(_ key: String, _ value: Value?, _ expected: Expectation = .error) -> HostileRequest {
        var keywords = good
        keywords[key] = value
        let text = value.map { "\($0)".prefix(40) } ?? "missing"
        return HostileRequest(description: "\(key): \(text)", keywords: keywords, expected: expected)
    }
}

extension HostileRequest {
    /// Members of a wrong type, missing, out of range, or made to leave the app's directory.
    static let members: [HostileRequest] =
        [nil, "", ".", "..", "/", "../../outside", "a/../../../outside", "/etc", "a\0b", 5, true, ["a"], [:]].map {
            request("app_name", $0)
        }
        + [nil, "1", 0, -1, 1.5, 1e300, .int(.min), true, [7], [:], "7; DROP TABLE apps"].map { request("app_key", $0) }
        + [nil, "prod", "BETA", "", 1, ["PROD"], "PROD\0"].map { request("stage", $0) }
        + [nil, "FLYING", "", "running", 5, ["RUNNING"]].map { request("target_state", $0) }
        + [[1], "x", 5, true].map { request("environment", $0) }
        + [["x"], 1, "x"].map { request("environment_template", $0) }
        + [[:], "x", 8080].map { request("ports", $0) }
        + [["x"], 1, "services: {}"].map { request("docker_compose", $0) }
        + [
            5, ["r"], ["r.example": 5], ["r.example": ["username": "u"]],
            ["r.example": ["username": 1, "password": 2]],
        ].map { request("docker_credentials", $0) }
        + ["image", "version", "present_version", "newest_version"].map { request($0, 5) }
        + ["request_update", "cancel_transition"].map { request($0, "yes") }
        + [-1, "x", 1e30, [:]].map { request("requestor_account_key", $0) }
        + [-1, "x", 0.5, .uint(.max)].map { request("release_key", $0) }
        + [request("app_cred_epoch", .uint(.max)), request("app_key", .uint(.max)), request("present_version", "\0")]

    /// Positional arguments where keywords belong, and keywords in the place of everything.
    static let shapes: [HostileRequest] =
        ([
            [], [nil], [5], ["x"], [[]], [[:]], [.object(good)], [.string(String(repeating: "x", count: 1 << 20))],
        ] as [[Value]]).map { HostileRequest(description: "arguments \("\($0)".prefix(40))", arguments: $0) }

    /// Odd arguments to procedures that take none: the usual answer.
    static let ignored: [HostileRequest] = [
        "wamp_connection_established", "device_handshake", "list_containers", "get_images", "get_agent_metadata",
        "get_storage_data", "get_ipv4_addresses", "get_network_metadata",
    ].flatMap { procedure in
        ([[nil], [5, "x"], [[:], [:]], ["\0\u{1}\u{7f}"], [.string(String(repeating: "x", count: 1 << 20))]]
            as [[Value]]).map {
                HostileRequest(
                    description: "arguments \("\($0)".prefix(40))", procedure: procedure, arguments: $0,
                    keywords: ["": 1, "\0": "\u{1b}[2J", "requestor_account_key": "nobody"], expected: .result)
            }
    }

    /// Names of logs that are no app's.
    static let logNames: [HostileRequest] =
        ([
            [], [nil], ["prod_7_myapp"], [[:]], [["containerName": nil]], [["containerName": 5]],
            [["containerName": ""]], [["containerName": " \t"]], [["containerName": "../../etc/passwd"]],
            [["containerName": "prod_7_"]], [["containerName": "prod_-7_a"]], [["containerName": "prod__a"]],
            [["containerName": "prod_99999999999999999999_a"]], [["containerName": "\0"]],
            [["containerName": .string(String(repeating: "_", count: 1 << 20))]],
        ] as [[Value]]).map {
            HostileRequest(
                description: "arguments \("\($0)".prefix(60))", procedure: "get_app_log_history", arguments: $0)
        }

    /// Callers who may not, or who are nobody.
    static let callers: [HostileRequest] = [
        "", "43", "-1", "42 ", "4e1", "system ", "SYSTEM", "\0", "18446744073709551616",
    ]
    .flatMap { caller in
        ["request_app_state", "get_app_log_history", "list_containers", "get_storage_data"].map {
            HostileRequest(
                description: "caller \(caller.debugDescription)", procedure: $0,
                arguments: [["containerName": "prod_7_myapp"]], keywords: good.with("requestor_account_key", nil),
                caller: caller)
        }
    }

    /// Taken, because each member has its type; what is in it must do no harm.
    static let taken: [HostileRequest] = [
        request("environment", ["BIG": ["value": .string(String(repeating: "x", count: 1 << 20))]], .result),
        request(
            "environment",
            [
                "": ["value": "a"], "A=B": ["value": "b"], "N\0": ["value": "c"], "../../outside": ["value": "d"],
                "..": ["value": "e"], "C": ["value": "\0"], "D\n\u{1b}": ["value": "\r\n\u{7}"],
                "F": ["value": 1e308], "G": ["value": .uint(.max)], "APP_AUTH_SECRET": ["value": "mine"],
                "DEVICE_SECRET": ["value": "mine"], .init(repeating: "L", count: 5000): ["value": "h"],
            ], .result),
        request("environment_template", ["T": 5, "../../outside": ["defaultValue": "x"]], .result),
        request("app_name", "a b\u{1}\n\u{202E}\\..\\", .result),
        request("app_name", .string(String(repeating: "n", count: 3000)), .result),
        request("image", "-\n--privileged", .result), request("image", "../../outside:latest", .result),
        request("newest_version", "../../outside", .result), request("present_version", "x\0", .result),
        request("instance_key", ["x": 1], .result),
        request("ports", [5, nil, ["port": -1], ["port": 1e300]], .result),
        request("unknown_key", .array([[[[]]]]), .result),
    ]
}

extension Object {
    func with(_ key: String, _ value: Value?) -> Object {
        var copy = self
        copy[key] = value
        return copy
    }
}

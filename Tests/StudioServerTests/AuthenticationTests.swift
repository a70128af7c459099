import DeviceProtocol
import StudioCore
import Testing
import Values

@testable import StudioServer

@Suite("Who may join")
struct AuthenticationTests {
    private static func question(_ authID: Value, realm: Value = "realm1") -> [Value] {
        [realm, authID, ["session": 1, "authmethod": "wampcra", "transport": ["peer": "tcp4:127.0.0.1:1"]]]
    }

    @Test("the router is told the secret of the identity file, and the role")
    func enrolled() async throws {
        try await Bench.with { bench in
            let identity = try await bench.enrol()
            let answer = try await bench.call(
                OperatorProcedures.authenticate, Self.question("1-1"), as: Bench.router)
            let secret = try #require(identity["secret"]?.string)
            #expect(secret.count == 64)
            #expect(answer == [["secret": .string(secret), "role": "device"]])
        }
    }

    @Test("each device has a secret of its own")
    func different() async throws {
        try await Bench.with { bench in
            try await bench.enrol("a")
            try await bench.enrol("b")
            let first = try await bench.call(OperatorProcedures.authenticate, Self.question("1-1"), as: Bench.router)
            let second = try await bench.call(OperatorProcedures.authenticate, Self.question("1-2"), as: Bench.router)
            #expect(first != second)
        }
    }

    @Test(
        "nobody but the router is told a secret, whatever the router discloses of it",
        arguments: [
            Bench.Who.device(1), .device(2), Bench.system, Bench.stranger, Bench.Who(),
            Bench.Who(authID: "system", role: "trusted", forwarded: true),
        ])
    func strangers(who: Bench.Who) async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let error = try await bench.error(OperatorProcedures.authenticate, Self.question("1-1"), as: who)
            #expect(error == "wamp.error.not_authorized")
        }
    }

    @Test(
        "identities that were not enrolled are refused",
        arguments: ["1-2", "2-1", "1-01", "system", "", "1", "1-1-1", "1-18446744073709551615"])
    func unknown(authID: String) async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let question = Self.question(.string(authID))
            let error = try await bench.error(OperatorProcedures.authenticate, question, as: Bench.router)
            #expect(error == "studio.no_such_device")
        }
    }

    @Test("a device may join the studio's realm only")
    func otherRealm() async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let question = Self.question("1-1", realm: "realm2")
            let error = try await bench.error(OperatorProcedures.authenticate, question, as: Bench.router)
            #expect(error == "studio.no_such_device")
        }
    }

    @Test(
        "a question in another form is refused",
        arguments: [[], ["realm1"], ["realm1", 1], [nil, "1-1"], [["realm": "realm1"]]] as [[Value]])
    func malformed(args: [Value]) async throws {
        try await Bench.with { bench in
            try await bench.enrol()
            let error = try await bench.error(OperatorProcedures.authenticate, args, as: Bench.router)
            #expect(error == "studio.invalid_argument")
        }
    }
}

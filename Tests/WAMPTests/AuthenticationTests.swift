import Testing
import Values

@testable import WAMP

@Suite("Authentication")
struct AuthenticationTests {
    static let vectors = Fixture.vectors("wampcra")

    @Test("The eight published and derived vectors of wampcra are there")
    func vectorsAreThere() { #expect(Self.vectors.count == 8) }

    @Test("wampcra signs each challenge of the vectors, plain and salted", arguments: vectors)
    func signs(_ vector: Value) throws {
        let secret = try #require(vector["secret"]?.string)
        var extra: Object = ["challenge": try #require(vector["challenge"])]
        for key in ["salt", "iterations", "keylen"] { extra[key] = vector[key] }
        var authenticator = Authenticator(.wampcra(authID: "peter", secret: secret))
        let signature = try #require(vector["signature"]?.string)
        #expect(
            try authenticator.answer(method: "wampcra", extra: extra) == .authenticate(signature: signature, extra: [:])
        )
        guard let salt = vector["salt"]?.string else { return }
        let key = try WAMPCRA.derivedKey(
            secret: secret, salt: salt, iterations: Int(try #require(vector["iterations"]?.asIdentifier)),
            keyLength: Int(try #require(vector["keylen"]?.asIdentifier)))
        #expect(key == vector["derived_key"]?.string)
    }

    @Test("Missing, null and zero iterations and key length mean 1000 and 32; an empty salt means none")
    func defaults() throws {
        let expected = try WAMPCRA.answer(
            ["challenge": "x", "salt": "s", "iterations": 1000, "keylen": 32], secret: "secret")
        for extra: Object in [
            ["challenge": "x", "salt": "s"], ["challenge": "x", "salt": "s", "iterations": 0, "keylen": 0],
            ["challenge": "x", "salt": "s", "iterations": nil, "keylen": nil],
            ["challenge": "x", "salt": "s", "iterations": 1000.0, "keylen": 32],
        ] {
            #expect(try WAMPCRA.answer(extra, secret: "secret") == expected)
        }
        let plain = try WAMPCRA.answer(["challenge": "x"], secret: "secret")
        #expect(plain != expected)
        #expect(try WAMPCRA.answer(["challenge": "x", "salt": ""], secret: "secret") == plain)
        #expect(try WAMPCRA.answer(["challenge": "x", "salt": nil], secret: "secret") == plain)
    }

    static let hostile: [Object] = [
        [:], ["challenge": 1], ["challenge": nil], ["challenge": "x", "salt": "s", "iterations": -1],
        ["challenge": "x", "salt": "s", "iterations": 4_000_000_000],
        ["challenge": "x", "salt": "s", "iterations": .uint(.max)],
        ["challenge": "x", "salt": "s", "keylen": 1_000_000_000], ["challenge": "x", "salt": "s", "keylen": "many"],
        ["challenge": "x", "salt": "s", "iterations": 1.5],
    ]

    @Test(
        "A challenge that cannot be answered, or would keep the device busy, ends the session with ABORT",
        arguments: hostile)
    func hostileChallenges(_ extra: Object) throws {
        var machine = ClientSessionMachine(realm: "r", authentication: .wampcra(authID: "a", secret: "tops3cret"))
        _ = machine.open()
        let actions = machine.receive(.challenge(method: "wampcra", extra: extra))
        guard case .abort(_, let reason, _) = try #require(actions.sent.first) else {
            Issue.record("\(actions)")
            return
        }
        #expect(reason == "wamp.error.authentication_failed")
        let end = try #require(actions.ends.first)
        #expect(end.kind == .violated)
        #expect(!end.isPermanent)
        #expect(!"\(actions)".contains("tops3cret"))
    }

    @Test("A ticket is sent as it is")
    func ticket() {
        var machine = ClientSessionMachine(realm: "r", authentication: .ticket(authID: "joe", ticket: "t1"))
        guard case .hello(_, let details) = machine.open().sent.first else {
            Issue.record("no HELLO")
            return
        }
        #expect(details["authmethods"] == ["ticket"])
        #expect(details["authid"] == "joe")
        #expect(
            machine.receive(.challenge(method: "ticket", extra: [:]))
                == [.send(.authenticate(signature: "t1", extra: [:]))])
    }

    @Test("An anonymous client offers that method and no identity, and is welcomed without a challenge")
    func anonymous() {
        var machine = ClientSessionMachine(realm: "r", authentication: .anonymous, agent: "tests")
        guard case .hello("r", let details) = machine.open().sent.first else {
            Issue.record("no HELLO")
            return
        }
        #expect(details["authmethods"] == ["anonymous"])
        #expect(details["authid"] == nil)
        #expect(details["agent"] == "tests")
        _ = machine.receive(OpenSession.welcome())
        #expect(machine.isOpen)
    }

    @Test(
        "A challenge of another method, or to an anonymous client, ends the session",
        arguments: ["ticket", "scram", "anonymous"])
    func otherMethods(_ method: String) {
        var machine = ClientSessionMachine(
            realm: "r", authentication: method == "anonymous" ? .anonymous : .wampcra(authID: "a", secret: "s"))
        _ = machine.open()
        #expect(machine.receive(.challenge(method: method, extra: ["challenge": "x"])).ends.map(\.kind) == [.violated])
    }

    @Test("Several rounds are answered, endless ones are not")
    func rounds() {
        var machine = ClientSessionMachine(realm: "r", authentication: .ticket(authID: "a", ticket: "t"))
        _ = machine.open()
        let rounds = (0..<100).map { _ in machine.receive(.challenge(method: "ticket", extra: [:])) }
        #expect(rounds[1].sent == [.authenticate(signature: "t", extra: [:])])
        #expect(rounds.flatMap(\.ends).count == 1)
    }

    @Test("Secrets are in no description, dump or mirror")
    func secrets() {
        for authentication in [
            Authentication.ticket(authID: "joe", ticket: "tops3cret"), .wampcra(authID: "joe", secret: "tops3cret"),
        ] {
            var dumped = ""
            dump(authentication, to: &dumped)
            for text in ["\(authentication)", String(reflecting: authentication), dumped] {
                #expect(!text.contains("tops3cret"))
                #expect(text.contains("joe"))
            }
            var machine = ""
            dump(ClientSessionMachine(realm: "r", authentication: authentication), to: &machine)
            #expect(!machine.contains("tops3cret"))
        }
        let message = Message.authenticate(signature: "tops3cret", extra: ["a": 1])
        var dumped = ""
        dump(ClientSessionAction.send(message), to: &dumped)
        for text in ["\(message)", String(reflecting: message), "\([ClientSessionAction.send(message)])", dumped] {
            #expect(!text.contains("tops3cret"))
            #expect(text.contains("(redacted)"))
        }
        #expect("\(message)" == #"[5,"(redacted)",{"a":1}]"#)
        #expect(message.redacted == .authenticate(signature: "(redacted)", extra: ["a": 1]))
        #expect(Message.goodbye(details: [:], reason: "x").redacted == .goodbye(details: [:], reason: "x"))
    }
}

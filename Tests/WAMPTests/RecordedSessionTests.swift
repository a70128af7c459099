import Testing
import Values
import WAMP

@Suite("A session as recorded")
struct RecordedSessionTests {
    private let record: Value

    init() throws { record = try Fixture.load("recorded-session") }

    private func message(_ name: String) throws -> Message { try Message(value: try #require(record[name])) }

    private func joined() throws -> ClientSessionMachine {
        var machine = ClientSessionMachine(
            realm: "realm1", authentication: .wampcra(authID: "2-3", secret: "secret"))
        _ = machine.open()
        _ = machine.receive(try message("challenge"))
        _ = machine.receive(try message("welcome"))
        return machine
    }

    @Test("HELLO equals the recorded one: roles, features, method and identity")
    func hello() throws {
        var machine = ClientSessionMachine(
            realm: "realm1", authentication: .wampcra(authID: "2-3", secret: "secret"))
        let sent = try #require(machine.open().sent.first)
        #expect(sent.value == record["hello"])
        #expect(machine.open().isEmpty)
    }

    @Test("The challenge is answered with the signature of its text and empty extra, then WELCOME opens")
    func opening() throws {
        var machine = ClientSessionMachine(
            realm: "realm1", authentication: .wampcra(authID: "2-3", secret: "secret"))
        _ = machine.open()
        let text = try #require(record["challenge"]?[2]?["challenge"]?.string)
        #expect(
            machine.receive(try message("challenge")) == [
                .send(.authenticate(signature: WAMPCRA.signature(challenge: text, key: "secret"), extra: [:]))
            ])
        #expect(!machine.isOpen)
        let details = try #require(record["welcome"]?[2]?.object)
        #expect(machine.receive(try message("welcome")) == [.opened(session: 6_598_245_987_362_092, welcome: details)])
        #expect(machine.isOpen)
        #expect(machine.session == 6_598_245_987_362_092)
        #expect(machine.dealerOffers("call_canceling"))
        #expect(!machine.dealerOffers("call_timeout"))
        #expect(machine.brokerOffers("event_retention"))
    }

    @Test("REGISTER goes out with and without force_reregister as recorded")
    func register() throws {
        for name in ["register_plain", "register_forced"] {
            var machine = try joined()
            let expected = try message(name)
            guard case .register(_, let options, let procedure) = expected else {
                Issue.record("no REGISTER")
                return
            }
            #expect(try machine.register(procedure, options: options).actions == [.send(expected)])
        }
    }

    @Test("SUBSCRIBE takes the recorded topic, which is odd but valid, and UNSUBSCRIBE names the router's number")
    func subscribe() throws {
        var machine = try joined()
        let started = try machine.subscribe("reswarm.device.%d.list/ondestroy")
        #expect(started.actions.sent == [try message("subscribe")])
        _ = machine.receive(.subscribed(request: 1, subscription: 4_922_930_199_335_469))
        #expect(try machine.unsubscribe(started.operation).actions.sent == [try message("unsubscribe")])
    }

    @Test("GOODBYE as recorded, and Crossbar's reply ends the session cleanly")
    func goodbye() throws {
        var machine = try joined()
        #expect(machine.leave().sent == [try message("goodbye_agent")])
        let end = try #require(machine.receive(try message("goodbye_router")).ends.first)
        #expect(end.kind == .left)
        #expect(end.reason == "wamp.close.normal")
        #expect(!end.isPermanent)
    }

    @Test("An unsolicited UNREGISTERED as recorded ends the registration it names")
    func evicted() throws {
        var machine = try joined()
        let operation = try machine.registered("com.example.p", id: 5)
        let actions = machine.receive(try message("evicted"))
        guard case .registrationEnded(operation, let error) = try #require(actions.first) else {
            Issue.record("\(actions)")
            return
        }
        #expect(error.uri == "wamp.error.unregistered")
        #expect(actions.count == 1)
    }
}

import AsyncSupport
import Testing
import Values
import WAMP

@Suite("Opening of a session at the router")
struct OpeningTests {
    static let now = WallTime(seconds: 1_767_323_045, nanoseconds: 250_000_000)
    static let roles: Object = ["roles": ["caller": [:]]]

    private func machine(
        peer: PeerAddress = .network("192.0.2.1"), seed: UInt64 = 1, started: Bool = true
    ) -> OpeningMachine {
        var machine = OpeningMachine(
            session: 77, peer: peer, transport: ["type": "websocket"], options: OpeningOptions(realms: ["realm1"]),
            random: SeededGenerator(seed: seed))
        if started { _ = machine.start() }
        return machine
    }

    private func hello(_ details: Object = roles, realm: String = "realm1") -> Message {
        .hello(realm: realm, details: details)
    }

    private func hello(methods: [Value], authID: String? = "2-3") -> Message {
        var details = Self.roles
        details["authmethods"] = .array(methods)
        if let authID { details["authid"] = .string(authID) }
        return .hello(realm: "realm1", details: details)
    }

    private func principal(_ proof: Principal.Proof) -> Principal {
        Principal(authID: "2-3", authRole: "device", authProvider: "studio", proof: proof)
    }

    private func reason(_ actions: [OpeningAction]) -> String? {
        for case .send(.abort(_, let reason, _)) in actions { return reason }
        return nil
    }

    private func sentence(_ actions: [OpeningAction]) -> String? {
        for case .send(.abort(let details, _, _)) in actions { return details["message"]?.string }
        return nil
    }

    private func challengeText(_ actions: [OpeningAction]) -> String? {
        for case .send(.challenge("wampcra", let extra)) in actions { return extra["challenge"]?.string }
        return nil
    }

    // MARK: Without a proof

    @Test("An account without proof joins as anonymous: WELCOME carries the identity and both roles, then the realm")
    func anonymous() throws {
        var machine = machine()
        let asked = machine.receive(hello())
        let request = JoinRequest(
            realm: "realm1", authID: nil, authMethods: ["anonymous"], peer: .network("192.0.2.1"))
        #expect(asked == [.startTimer(.seconds(10)), .authenticate(request)])
        let actions = machine.principalFound(principal(.none), now: Self.now)
        try #require(actions.count == 3)
        #expect(actions[0] == .cancelTimer)
        guard case .send(.welcome(77, let details)) = actions[1] else {
            Issue.record("no WELCOME")
            return
        }
        for (key, text) in [
            "realm": "realm1", "authid": "2-3", "authrole": "device", "authmethod": "anonymous",
            "authprovider": "studio", "agent": "reagent-router",
        ] { #expect(details[key] == .string(text), "\(key)") }
        guard case .join(let identity, let hello) = actions[2] else {
            Issue.record("no join")
            return
        }
        #expect(identity.session == 77)
        #expect(identity.transport == ["type": "websocket"])
        #expect(hello == Self.roles)
        #expect(machine.isOver)
    }

    @Test("WELCOME announces what works, and none of what does not")
    func features() throws {
        var machine = machine()
        _ = machine.receive(hello())
        let actions = machine.principalFound(principal(.none), now: Self.now)
        guard case .send(.welcome(_, let details)) = try #require(actions.dropFirst().first) else {
            Issue.record("no WELCOME")
            return
        }
        let broker = try #require(details["roles"]?["broker"]?["features"]?.object)
        let dealer = try #require(details["roles"]?["dealer"]?["features"]?.object)
        #expect(
            Set(broker.keys) == [
                "publisher_identification", "publisher_exclusion", "subscriber_blackwhite_listing",
                "pattern_based_subscription", "session_meta_api", "subscription_meta_api",
            ])
        #expect(
            Set(dealer.keys) == [
                "caller_identification", "call_canceling", "call_timeout", "progressive_call_results",
                "registration_meta_api", "session_meta_api", "testament_meta_api", "registration_revocation",
            ])
        #expect((broker.map(\.value) + dealer.map(\.value)).allSatisfy { $0 == true })
    }

    @Test(
        "A peer on this machine is vouched for by its socket",
        arguments: [PeerAddress.local(userID: 1000), .memory])
    func vouched(_ peer: PeerAddress) throws {
        for methods: [Value] in [["anonymous"], ["peer"], ["wampcra", "anonymous"]] {
            var machine = machine(peer: peer)
            _ = machine.receive(hello(methods: methods))
            let actions = machine.principalFound(principal(.none), now: Self.now)
            guard case .join(let identity, _) = try #require(actions.last) else {
                Issue.record("no join")
                return
            }
            #expect(identity.authMethod == "peer")
        }
    }

    @Test("Anonymous does not get into an account that wants a proof, nor a proof into one that wants none")
    func noCommonMethod() {
        let cases: [([Value], Principal.Proof)] = [
            (["anonymous"], .wampcra(secret: "s")), (["anonymous"], .ticket("t")), (["ticket"], .wampcra(secret: "s")),
            (["wampcra"], .ticket("t")), (["wampcra"], .none), (["ticket"], .none),
        ]
        for (methods, proof) in cases {
            var machine = machine()
            _ = machine.receive(hello(methods: methods))
            let actions = machine.principalFound(principal(proof), now: Self.now)
            #expect(reason(actions) == ErrorURI.noAuthMethod, "\(methods) \(proof)")
            #expect(machine.isOver)
        }
    }

    @Test("Methods that nobody knows are passed over; with none left the authenticator is not asked")
    func unknownMethods() {
        var machine = machine()
        let known = machine.receive(hello(methods: ["cryptosign", "wampcra", "tls"]))
        guard case .authenticate(let request) = known.last else {
            Issue.record("not asked")
            return
        }
        #expect(request.authMethods == ["wampcra"])
        var other = self.machine()
        let actions = other.receive(hello(methods: ["cryptosign"]))
        #expect(reason(actions) == ErrorURI.noAuthMethod)
        #expect(actions.count == 3)
    }

    // MARK: With a proof

    @Test(
        "A ticket that fits joins; one that does not is not authorized", arguments: ["secret", "Secret", "", "secret "])
    func ticket(_ answer: String) {
        var machine = machine()
        _ = machine.receive(hello(methods: ["ticket"]))
        let challenge = machine.principalFound(principal(.ticket("secret")), now: Self.now)
        #expect(challenge == [.send(.challenge(method: "ticket", extra: [:])), .startTimer(.seconds(10))])
        let actions = machine.receive(.authenticate(signature: answer, extra: [:]))
        let joined = actions.contains { if case .join = $0 { true } else { false } }
        #expect(joined == (answer == "secret"))
        #expect(reason(actions) == (answer == "secret" ? nil : ErrorURI.notAuthorized))
    }

    @Test("The wampcra challenge is JSON of the seven members, its signature joins")
    func wampcra() throws {
        var machine = machine()
        _ = machine.receive(hello(methods: ["wampcra"]))
        let challenge = machine.principalFound(principal(.wampcra(secret: "geheim")), now: Self.now)
        let text = try #require(challengeText(challenge))
        let members = try #require(try JSON.decode(Array(text.utf8)).object)
        #expect(
            members.keys == ["authid", "authrole", "authmethod", "authprovider", "session", "nonce", "timestamp"])
        #expect(members["authid"] == "2-3")
        #expect(members["authrole"] == "device")
        #expect(members["session"] == 77)
        #expect(members["timestamp"] == "2026-01-02T03:04:05.250Z")
        #expect(try #require(Base64.decode(members["nonce"]?.string ?? "")).count >= 16)
        let signature = WAMPCRA.signature(challenge: text, key: "geheim")
        let actions = machine.receive(.authenticate(signature: signature, extra: [:]))
        guard case .join(let identity, _) = try #require(actions.last) else {
            Issue.record("no join")
            return
        }
        #expect(identity.authMethod == "wampcra")
        #expect(identity.authID == "2-3")
    }

    @Test("Our own client joins by wampcra and by ticket", arguments: [true, false])
    func ownClient(_ byTicket: Bool) throws {
        var client = ClientSessionMachine(
            realm: "realm1",
            authentication: byTicket
                ? .ticket(authID: "2-3", ticket: "geheim") : .wampcra(authID: "2-3", secret: "geheim"))
        var router = machine()
        _ = router.receive(try #require(client.open().sent.first))
        let proof: Principal.Proof = byTicket ? .ticket("geheim") : .wampcra(secret: "geheim")
        guard case .send(let challenge) = router.principalFound(principal(proof), now: Self.now).first,
            case .send(let answer) = client.receive(challenge).first
        else {
            Issue.record("no challenge or no answer")
            return
        }
        for case .send(let message) in router.receive(answer) { _ = client.receive(message) }
        #expect(client.isOpen)
        #expect(client.session == 77)
        #expect(client.dealerOffers("call_timeout"))
        #expect(!client.dealerOffers("progressive_call_invocations"))
    }

    @Test(
        "A wrong signature gets the sentence that device agents know",
        arguments: ["", "AAAA", "no base64!", WAMPCRA.signature(challenge: "other", key: "geheim")])
    func wrongSignature(_ signature: String) {
        var machine = machine()
        _ = machine.receive(hello(methods: ["wampcra"]))
        _ = machine.principalFound(principal(.wampcra(secret: "geheim")), now: Self.now)
        let actions = machine.receive(.authenticate(signature: signature, extra: [:]))
        #expect(reason(actions) == "wamp.error.not_authorized")
        #expect(sentence(actions) == "WAMP-CRA client signature is invalid")
        #expect(
            actions.last
                == .close(
                    .refused(
                        reason: "wamp.error.not_authorized", message: "WAMP-CRA client signature is invalid")))
    }

    @Test("A challenge has one answer: the right one after a wrong one comes to nothing")
    func oneAnswer() throws {
        var machine = machine()
        _ = machine.receive(hello(methods: ["wampcra"]))
        let text = try #require(
            challengeText(machine.principalFound(principal(.wampcra(secret: "geheim")), now: Self.now)))
        _ = machine.receive(.authenticate(signature: "x", extra: [:]))
        let right = WAMPCRA.signature(challenge: text, key: "geheim")
        #expect(machine.receive(.authenticate(signature: right, extra: [:])).isEmpty)
    }

    @Test("No two challenges are the same")
    func nonces() {
        var texts: Set<String> = []
        for seed in 0..<50 {
            var machine = machine(seed: UInt64(seed))
            _ = machine.receive(hello(methods: ["wampcra"]))
            texts.insert(challengeText(machine.principalFound(principal(.wampcra(secret: "s")), now: Self.now)) ?? "")
        }
        #expect(texts.count == 50)
    }

    @Test("An account without a secret lets nobody in", arguments: ["ticket", "wampcra"])
    func emptySecret(_ method: String) throws {
        var machine = machine()
        _ = machine.receive(hello(methods: [.string(method)]))
        let challenge = machine.principalFound(
            principal(method == "ticket" ? .ticket("") : .wampcra(secret: "")), now: Self.now)
        let answer = challengeText(challenge).map { WAMPCRA.signature(challenge: $0, key: "") } ?? ""
        #expect(reason(machine.receive(.authenticate(signature: answer, extra: [:]))) == ErrorURI.notAuthorized)
    }

    // MARK: Refusals

    @Test("An unknown account is challenged like a real one and fails like one", arguments: ["ticket", "wampcra"])
    func unknownAccount(_ method: String) throws {
        var unknown = machine()
        _ = unknown.receive(hello(methods: [.string(method)]))
        let challenge = unknown.refused(.unknownPrincipal, now: Self.now)
        var known = machine()
        _ = known.receive(hello(methods: [.string(method)]))
        let real = known.principalFound(
            Principal(
                authID: "2-3", authRole: "device", authProvider: "dynamic",
                proof: method == "ticket" ? .ticket("s") : .wampcra(secret: "s")), now: Self.now)
        #expect(challenge.count == real.count)
        if method == "wampcra" {
            var texts: [Object] = []
            for actions in [challenge, real] {
                let text = try #require(challengeText(actions))
                texts.append(try #require(try JSON.decode(Array(text.utf8)).object))
            }
            #expect(texts[0].keys == texts[1].keys)
            for key in texts[0].keys where key != "nonce" { #expect(texts[0][key] == texts[1][key], "\(key)") }
        } else {
            #expect(challenge == real)
        }
        for answer in ["", "x", WAMPCRA.signature(challenge: challengeText(challenge) ?? "", key: "")] {
            var copy = unknown
            #expect(
                copy.receive(.authenticate(signature: answer, extra: [:]))
                    == known.receive(.authenticate(signature: "wrong", extra: [:])))
            known = machine()
            _ = known.receive(hello(methods: [.string(method)]))
            _ = known.principalFound(
                principal(method == "ticket" ? .ticket("s") : .wampcra(secret: "s")), now: Self.now)
        }
    }

    @Test("An unknown account that offers no proof is refused as a method would be")
    func unknownAnonymous() {
        var machine = machine()
        _ = machine.receive(hello())
        #expect(reason(machine.refused(.unknownPrincipal, now: Self.now)) == ErrorURI.noAuthMethod)
    }

    @Test("The authenticator's refusal reaches the client as it is")
    func refusal() {
        var machine = machine()
        _ = machine.receive(hello(methods: ["wampcra"]))
        let actions = machine.refused(JoinRefusal(uri: "com.app.blocked", message: "ask the owner"), now: Self.now)
        #expect(reason(actions) == "com.app.blocked")
        #expect(sentence(actions) == "ask the owner")
        #expect(
            actions.first
                == .send(
                    .abort(
                        details: ["message": "ask the owner"], reason: "com.app.blocked", payload: Payload())))
        #expect(machine.isOver)
    }

    @Test("An unknown realm and a HELLO without a role are refused by their own URIs")
    func realmAndRoles() {
        let cases: [(Message, String)] = [
            (hello(realm: "realm2"), ErrorURI.noSuchRealm), (hello(realm: ""), ErrorURI.noSuchRealm),
            (hello([:]), ErrorURI.noSuchRole), (hello(["roles": [:]]), ErrorURI.noSuchRole),
            (hello(["roles": ["broker": [:]]]), ErrorURI.noSuchRole), (hello(["roles": nil]), ErrorURI.noSuchRole),
        ]
        for (message, expected) in cases {
            var machine = machine()
            #expect(reason(machine.receive(message)) == expected, "\(message)")
            #expect(machine.isOver)
        }
    }

    @Test("A known key of HELLO with a wrong type is a violation; null and unknown keys are not")
    func helloTypes() {
        let wrong: [Object] = [
            ["authid": 5], ["authmethods": "wampcra"], ["authmethods": ["wampcra", 1]], ["agent": true],
            ["authextra": []], ["authrole": 1], ["roles": []], ["roles": "caller"], ["roles": ["caller": 1]],
            ["roles": ["caller": ["features": []]]],
            ["roles": ["caller": ["features": ["call_canceling": 1]]]],
        ]
        for extra in wrong {
            var details = Self.roles
            for (key, value) in extra { details[key] = value }
            var machine = machine()
            #expect(reason(machine.receive(hello(details))) == ErrorURI.protocolViolation, "\(extra)")
        }
        let fine: [Object] = [
            ["authid": nil], ["authmethods": nil], ["authmethods": []], ["x_anything": 5], ["resumable": "x"],
            ["roles": ["caller": nil]], ["roles": ["caller": ["features": ["x_y": nil]], "other": 1]],
        ]
        for extra in fine {
            var details = Self.roles
            for (key, value) in extra { details[key] = value }
            var machine = machine()
            #expect(reason(machine.receive(hello(details))) == nil, "\(extra)")
            #expect(!machine.isOver)
        }
    }

    // MARK: Order and time

    @Test("Anything but HELLO first is a violation (3.1)")
    func firstMessage() {
        let messages: [Message] = [
            .subscribe(request: 1, options: [:], topic: "a.b"), .goodbye(details: [:], reason: "wamp.close.normal"),
            .authenticate(signature: "x", extra: [:]), .welcome(session: 1, details: [:]),
            .error(type: 68, request: 1, details: [:], uri: "a.b", payload: Payload()),
            .yield(request: 1, options: [:], payload: Payload()), .extended(code: 337, elements: [1]),
        ]
        for message in messages {
            var machine = machine()
            let actions = machine.receive(message)
            #expect(reason(actions) == ErrorURI.protocolViolation, "\(message)")
            guard case .close(.violation) = actions.last else {
                Issue.record("not closed")
                continue
            }
        }
    }

    @Test("A second HELLO, and an AUTHENTICATE before the challenge, are violations; extensions are ignored")
    func whileAuthenticating() {
        for message in [hello(), .authenticate(signature: "x", extra: [:])] {
            var machine = machine()
            _ = machine.receive(hello())
            #expect(machine.receive(.extended(code: 337, elements: [])).isEmpty)
            #expect(reason(machine.receive(message)) == ErrorURI.protocolViolation)
            #expect(machine.principalFound(principal(.none), now: Self.now).isEmpty)
            #expect(machine.refused(.unknownPrincipal, now: Self.now).isEmpty)
        }
        var challenged = machine()
        _ = challenged.receive(hello(methods: ["ticket"]))
        _ = challenged.principalFound(principal(.ticket("t")), now: Self.now)
        #expect(reason(challenged.receive(hello())) == ErrorURI.protocolViolation)
    }

    @Test("HELLO has 5 s, the authenticator and AUTHENTICATE have 10 s each; after that the transport closes silently")
    func timers() {
        var machine = machine(started: false)
        #expect(machine.start() == [.startTimer(.seconds(5))])
        #expect(machine.start().isEmpty)
        var copy = machine
        #expect(copy.timerFired() == [.close(.timeout)])
        #expect(copy.timerFired().isEmpty)
        #expect(copy.receive(hello()).isEmpty)
        #expect(machine.receive(hello(methods: ["ticket"])).first == .startTimer(.seconds(10)))
        #expect(machine.principalFound(principal(.ticket("t")), now: Self.now).last == .startTimer(.seconds(10)))
        #expect(machine.timerFired() == [.close(.timeout)])
        #expect(machine.isOver)
    }

    @Test("ABORT of the client ends the opening without an answer, bytes that are no message with one")
    func aborts() {
        var machine = machine()
        #expect(
            machine.receive(.abort(details: [:], reason: "wamp.close.normal", payload: Payload()))
                == [.cancelTimer, .close(.left)])
        #expect(machine.receiveInvalid(WAMPError(.protocolViolation, message: "x")).isEmpty)
        var other = self.machine()
        #expect(
            reason(other.receiveInvalid(WAMPError(.protocolViolation, message: "x"))) == ErrorURI.protocolViolation)
        var gone = self.machine()
        #expect(gone.abandon() == [.cancelTimer])
        #expect(gone.abandon().isEmpty)
        #expect(gone.receive(hello()).isEmpty)
    }

    @Test("A secret is in no text about a principal")
    func secrets() {
        for proof: Principal.Proof in [.ticket("geheim"), .wampcra(secret: "geheim")] {
            let principal = principal(proof)
            var dumped = ""
            dump(principal, to: &dumped)
            for text in ["\(principal)", String(reflecting: principal), "\(proof)", String(reflecting: proof), dumped] {
                #expect(!text.contains("geheim"))
            }
        }
    }
}

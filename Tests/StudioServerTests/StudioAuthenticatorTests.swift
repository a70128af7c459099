import AsyncSupport
import AsyncTestKit
import StudioCore
import Testing
import Values
import WAMP

@testable import StudioServer

@Suite("Who may join the studio's own router")
struct StudioAuthenticatorTests {
    private static let socket = PeerAddress.local(userID: RouterFixture.userID)
    private static let root = PeerAddress.local(userID: 0)
    private static let stranger = PeerAddress.local(userID: 1001)
    private static let network = PeerAddress.network("127.0.0.1")

    @Test("a device proves the secret of its identity file")
    func device() async throws {
        try await RouterFixture.with { fixture in
            let secret = try #require(try await fixture.bench.enrol()["secret"]?.string)
            let principal = try await fixture.join("1-1").get()
            #expect(principal.proof == .wampcra(secret: secret))
            #expect(principal.authID == "1-1" && principal.authRole == "device")
        }
    }

    @Test(
        "an identity that is not enrolled is answered as if it did not matter which one it is",
        arguments: ["1-2", "2-1", "1-01", "1-1-1", "x", "", "42", "System", "anonymous"])
    func unknown(authID: String) async throws {
        try await RouterFixture.with { fixture in
            try await fixture.bench.enrol()
            #expect(await fixture.join(authID) == .failure(.unknownPrincipal))
        }
    }

    @Test("a device of another realm is unknown")
    func realm() async throws {
        try await RouterFixture.with { fixture in
            try await fixture.bench.enrol()
            #expect(await fixture.join("1-1", realm: "realm2") == .failure(.unknownPrincipal))
        }
    }

    @Test("a device is not let in without a proof by any way", arguments: [socket, root, network])
    func deviceProof(peer: PeerAddress) async throws {
        try await RouterFixture.with { fixture in
            try await fixture.bench.enrol()
            for methods in [["wampcra"], ["anonymous"], ["peer"], ["anonymous", "wampcra"]] {
                let principal = try await fixture.join("1-1", methods: methods, from: peer).get()
                #expect(principal.proof != .none)
            }
        }
    }

    @Test("a device that comes before the studio serves waits, and is told to come again after 8 s")
    func early() async throws {
        try await RouterFixture.with(isServing: false) { fixture in
            try await fixture.bench.enrol()
            async let answer = fixture.join("1-1")
            await fixture.bench.time.waitForSleepers(count: 1)
            fixture.bench.time.advance(by: .seconds(8))
            guard case .failure(let refusal) = await answer else {
                Issue.record("let in")
                return
            }
            #expect(refusal.uri == "wamp.error.unavailable")
            await fixture.gate.open()
            _ = try await fixture.join("1-1").get()
        }
    }

    @Test(
        "operators of the socket come in as the studio's own user or as root, without a secret",
        arguments: [socket, root])
    func local(peer: PeerAddress) async throws {
        try await RouterFixture.with { fixture in
            for (authID, methods) in [(nil, ["anonymous"]), ("operator", ["anonymous"]), ("operator", ["peer"])] {
                let principal = try await fixture.join(authID, methods: methods, from: peer).get()
                #expect(principal.proof == .none)
                #expect(principal.authID == "operator" && principal.authRole == "operator")
            }
        }
    }

    @Test(
        "operators of the network, and other users of the machine, prove the secret",
        arguments: [network, stranger, .memory])
    func remote(peer: PeerAddress) async throws {
        try await RouterFixture.with { fixture in
            for methods in [["wampcra"], ["anonymous"], ["peer"]] {
                let principal = try await fixture.join("operator", methods: methods, from: peer).get()
                #expect(principal.proof == .wampcra(secret: RouterFixture.operatorSecret))
            }
        }
    }

    @Test("nobody joins without a name", arguments: [network, stranger, .memory], [["anonymous"], ["wampcra"], []])
    func anonymous(peer: PeerAddress, methods: [String]) async throws {
        try await RouterFixture.with { fixture in
            guard case .failure(let refusal) = await fixture.join(nil, methods: methods, from: peer) else {
                Issue.record("let in")
                return
            }
            #expect(refusal.uri == "wamp.error.no_auth_method")
        }
    }

    @Test(
        "`system` proves a secret that only this process has, also at the socket", arguments: [socket, root, network])
    func system(peer: PeerAddress) async throws {
        try await RouterFixture.with { fixture in
            for methods in [["wampcra"], ["anonymous"], ["peer"]] {
                let principal = try await fixture.join("system", methods: methods, from: peer).get()
                #expect(principal.proof == .wampcra(secret: RouterFixture.systemSecret))
                #expect(principal.authRole == "backend")
            }
        }
    }
}

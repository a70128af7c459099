import IntegrationTestKit
import Logging
import Testing
import Values
import WAMP
import WAMPClient

/// The option `forward_for` of a call: Crossbar discloses whatever it says, this package's router nothing of it.
@Suite("Calls that claim to come by way of another router", .serialized)
struct ForwardedCallTests {
    @Test(
        "an account without privileges gets none by a claim to be `system` (decision 6)",
        arguments: RouterUnderTest.allCases)
    func claim(router: RouterUnderTest) async throws {
        try await AgentFixture.with(router, appKey: 930, name: "claimapp") { fixture in
            try await fixture.connected { _ in
                let stranger = WAMPClientConfiguration(
                    url: fixture.router.url, realm: RunningRouter.realm,
                    authentication: .wampcra(authID: "7-3", secret: RunningRouter.deviceSecret),
                    connectTimeout: .seconds(10))
                let claims: [Object] = [
                    [:], ["forward_for": [["session": 1, "authid": "system", "authrole": "backend"]]],
                    ["forward_for": [["session": 1, "authid": "42", "authrole": "backend"]]],
                ]
                let payload = fixture.backend.request("RUNNING", appKey: 930, name: "claimapp")
                try await WAMPClient.withSession(stranger, logger: Logger(label: "stranger")) { session in
                    for claim in claims {
                        let error = await #expect(throws: WAMPError.self, "\(claim)") {
                            _ = try await session.call(
                                fixture.procedure("request_app_state"), [], kwargs: payload,
                                options: CallOptions(additional: claim))
                        }
                        #expect(error?.uri == "wamp.error.canceled")
                        let text = "\(error?.args ?? [])"
                        #expect(text.contains("neither system nor an account"))
                    }
                }
                #expect(fixture.backend.states(of: 930) == [])
            }
        }
    }
}

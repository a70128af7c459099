import IntegrationTestKit
import Testing

/// Clients of others on this package's router; Crossbar is the control of the script itself.
@Suite("autobahn-python on both routers", .serialized)
struct AutobahnTests {
    @Test(
        "it joins by WAMP-CRA, calls with progress, subscribes by prefix, publishes acknowledged and uses the meta API",
        arguments: RouterUnderTest.allCases)
    func autobahn(router: RouterUnderTest) async throws {
        // Its interpreter is installed with Crossbar.
        try await requireService("crossbar")
        try await router.with { router in
            let result = try await TestEnvironment.shell(
                "ROUTER_SECRET=\(RunningRouter.backendSecret) '\(TestEnvironment["TEST_WAMP_PYTHON"])' "
                    + "scripts/wire/autobahn_peer.py --url \(router.url)", limit: .seconds(60))
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains(" held, 0 wrong"), "\(result.output)")
        }
    }
}

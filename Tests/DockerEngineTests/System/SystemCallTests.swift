import DockerEngine
import DockerTestKit
import Testing
import Values

@Suite("Calls for the engine itself")
struct SystemCallTests {
    @Test("info and version are read as objects")
    func objects() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/info", .json(#"{"DockerRootDir":"/data","Runtimes":{"runc":{}}}"#))
            engine.answer("GET", "/version", .json(#"{"ApiVersion":"1.41"}"#))
            #expect(try await client.info()["DockerRootDir"]?.string == "/data")
            #expect(try await client.version()["ApiVersion"]?.string == "1.41")
            #expect(engine.calls.map(\.target) == ["/v1.41/info", "/v1.41/version"])
        }
    }

    @Test("both kinds of connection send a host and our name, and a body only where there is one")
    func headers() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/info", .json("{}"))
            engine.answer("POST", "/containers/x/stop", .empty())
            _ = try await client.info()
            try await client.stopContainer("x")
            for request in engine.calls {
                #expect(request.header("Host") != nil)
                #expect(request.header("User-Agent") == "reagent")
                #expect(request.header("Content-Type") == nil)
                #expect(request.body.isEmpty)
            }
            #expect(engine.calls.last?.header("Content-Length") == "0")
        }
    }

    @Test("a ping that is refused in both forms is its error")
    func refusedPing() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("HEAD", "/_ping", .empty(status: 500))
            engine.answer("GET", "/_ping", .error(503, "starting"))
            let error = await dockerError { try await client.ping() }
            #expect(error == DockerError(.refused, status: 503, "starting"))
            #expect(engine.requests.map(\.method) == ["HEAD", "GET"])
        }
    }

    @Test("a ping to an engine that hangs is over within its limit")
    func hangingPing() async throws {
        var limits = DockerClient.Limits()
        limits.ping = .milliseconds(30)
        try await withFakeEngine(limits: limits) { (engine, client) async throws in
            engine.answer("HEAD", "/_ping", .silence)
            #expect(await dockerError { try await client.ping() }?.code == .timedOut)
        }
    }

    @Test("shutting down twice is harmless, and a call afterwards is an error")
    func shutdown() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/info", .json("{}"))
            _ = try await client.info()
            await client.shutdown()
            await client.shutdown()
            #expect(await dockerError { _ = try await client.info() }?.code == .unavailable)
        }
    }
}

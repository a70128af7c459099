import DockerEngine
import DockerTestKit
import Testing

@Suite("Agreeing on a version")
struct VersionNegotiationTests {
    @Test("the engine's version is used when it is older than ours, and asked for once")
    func older() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/containers/json", .json("[]"))
            _ = try await client.listContainers()
            _ = try await client.listContainers()
            #expect(engine.requests.map(\.method) == ["HEAD", "GET", "GET"])
            #expect(engine.calls.map(\.version) == ["v1.41", "v1.41"])
        }
    }

    @Test(
        "ours is used when the engine is newer; 1.24 when it names none",
        arguments: [("1.55", "v1.51"), (nil, "v1.24")])
    func newerAndUnnamed(offered: String?, used: String) async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("HEAD", "/_ping", FakeAnswer(headers: offered.map { [("Api-Version", $0)] } ?? []))
            engine.answer("GET", "/info", .json("{}"))
            _ = try await client.info()
            #expect(engine.calls.map(\.version) == [used])
        }
    }

    @Test("a fixed version is used without asking")
    func fixed() async throws {
        try await withFakeEngine(fixedVersion: APIVersion(1, 40)) { (engine, client) async throws in
            engine.answer("GET", "/info", .json("{}"))
            _ = try await client.info()
            #expect(engine.requests.map(\.target) == ["/v1.40/info"])
        }
    }

    @Test("GET is tried when HEAD is refused")
    func headRefused() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("HEAD", "/_ping", .empty(status: 405))
            engine.answer("GET", "/_ping", FakeAnswer(headers: [("Api-Version", "1.30")]))
            #expect(try await client.apiVersion() == APIVersion(1, 30))
        }
    }

    @Test("C37: a version refused in plain text is a readable error and leads to a new agreement")
    func refusedInPlainText() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let text = "client version 1.41 is too old. Minimum supported API version is 1.44"
            engine.answer("GET", "/info", .text(text, status: 400), .json("{}"))
            engine.answer(
                "HEAD", "/_ping", FakeAnswer(headers: [("Api-Version", "1.41")]),
                FakeAnswer(headers: [("Api-Version", "1.45")]))
            let error = await dockerError { _ = try await client.info() }
            #expect(error == DockerError(.versionRefused, status: 400, text))
            _ = try await client.info()
            #expect(engine.calls.map(\.version) == ["v1.41", "v1.45"])
        }
    }

    @Test("a refused version in JSON is the same error")
    func refusedInJSON() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/info", .error(400, "client version 1.99 is too new. Maximum supported API version is 1.41"))
            let error = await dockerError { _ = try await client.info() }
            #expect(error?.code == .versionRefused)
        }
    }

    @Test("after a lost connection the version is agreed anew")
    func lostConnection() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/info", .hangUp, .json("{}"))
            engine.answer(
                "HEAD", "/_ping", FakeAnswer(headers: [("Api-Version", "1.41")]),
                FakeAnswer(headers: [("Api-Version", "1.47")]))
            let error = await dockerError { _ = try await client.info() }
            #expect(error?.code == .unavailable)
            _ = try await client.info()
            #expect(engine.calls.last?.version == "v1.47")
        }
    }

    @Test("a ping agrees anew, so an upgraded engine is noticed")
    func ping() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "HEAD", "/_ping", FakeAnswer(headers: [("Api-Version", "1.41")]),
                FakeAnswer(headers: [("Api-Version", "1.43")]))
            #expect(try await client.apiVersion() == APIVersion(1, 41))
            try await client.ping()
            #expect(try await client.apiVersion() == APIVersion(1, 43))
        }
    }
}

import AgentCore
import DockerTestKit
import Synchronization
import Testing

@testable import AgentDocker

@Suite("Images behind the port")
struct ImageStoreTests {
    @Test("an image is there when the engine knows exactly the reference (P57)")
    func contains() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let images = DockerImageStore(client: client)
            engine.answer(
                "GET", "/images/r%3A1/a%3A2/json", .json("{}"), .error(404, "No such image: r:1/a:2"),
                .error(500, "broken"))
            #expect(try await images.contains("r:1/a:2"))
            #expect(try await !images.contains("r:1/a:2"))
            #expect(await engineError { _ = try await images.contains("r:1/a:2") }?.code == .refused)
        }
    }

    @Test("a pull tells acceptance, then one line of JSON per object, and sends the credentials")
    func pull() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "POST", "/images/create",
                .stream(["{ \"status\" : \"Waiting\",\n \"id\":\"1\" }", #"{"status":"Digest: sha256:1"}"#]))
            let told = Mutex<[String]>([])
            try await DockerImageStore(client: client).pull(
                "r:1/a:2", credentials: RegistryCredentials(server: "r:1", user: "u", password: "p"),
                onAccepted: { told.withLock { $0.append("accepted") } },
                onLine: { line in told.withLock { $0.append(line) } })
            #expect(
                told.withLock { $0 } == [
                    "accepted", #"{"status":"Waiting","id":"1"}"#, #"{"status":"Digest: sha256:1"}"#,
                ])
            #expect(engine.calls.first?.header("X-Registry-Auth")?.hasPrefix("ey") == true)
        }
    }

    @Test("a pull of something that is no reference is refused without asking the engine")
    func badReference() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let error = await engineError {
                try await DockerImageStore(client: client).pull(
                    "a b", credentials: nil, onAccepted: {}, onLine: { _ in })
            }
            #expect(error?.code == .refused)
            #expect(engine.calls.isEmpty)
        }
    }

    @Test("a pull without the proof of completion is truncated (C-9)")
    func truncated() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("POST", "/images/create", .stream([#"{"status":"Waiting"}"#]))
            let error = await engineError {
                try await DockerImageStore(client: client).pull("a", credentials: nil, onAccepted: {}, onLine: { _ in })
            }
            #expect(error?.code == .truncated)
        }
    }

    @Test("tags are removed by name, never by id, and a missing one is a success (C-3)")
    func tags() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let images = DockerImageStore(client: client)
            engine.answer(
                "GET", "/images/json", .json(#"[{"Id":"1","RepoTags":["r/a:1"]},{"Id":"2","RepoTags":["r/a:2"]}]"#))
            engine.answer("DELETE", "/images/r/a%3A1", .json("[]"), .error(404, "No such image: r/a:1"))
            engine.answer("DELETE", "/images/r/a%3A2", .error(409, "conflict: unable to delete r/a:2"))
            #expect(try await images.tags(of: "r/a") == ["r/a:1", "r/a:2"])
            try await images.removeTag("r/a:1")
            try await images.removeTag("r/a:1")
            #expect(await engineError { try await images.removeTag("r/a:2") }?.code == .conflict)
            #expect(engine.calls.filter { $0.method == "DELETE" && !$0.query.isEmpty }.isEmpty)
        }
    }
}

import DockerEngine
import DockerTestKit
import Testing
import Values

@Suite("Pulling images")
struct ImagePullTests {
    static let proof = #"{"status":"Status: Downloaded newer image for r/x:1"}"# + "\r\n"

    private func pull(
        _ answer: FakeAnswer, limits: DockerClient.Limits = .init()
    ) async throws -> (error: DockerError?, lines: [String]) {
        try await withFakeEngine(limits: limits) { (engine, client) async throws in
            engine.answer("POST", "/images/create", answer)
            let lines = Lines()
            let error = await dockerError {
                try await client.pullImage(ImageReference("r/x:1"), onAccepted: { lines.add("accepted") }) { object in
                    lines.add((try? JSON.text(.object(object))) ?? "?")
                }
            }
            return (error, lines.all)
        }
    }

    @Test("a complete pull succeeds; every object is told, after 'accepted' and in order")
    func success() async throws {
        let first = #"{"status":"Pulling from x","id":"1"}"#
        let result = try await pull(.stream([first + "\r\n{\"sta", "tus\":\"Digest: sha256:1\"}\r\n"]))
        #expect(result.error == nil)
        #expect(result.lines == ["accepted", first, #"{"status":"Digest: sha256:1"}"#])
    }

    @Test("C27: an error in the last line fails with that text")
    func lastLine() async throws {
        let result = try await pull(.stream([Self.proof, #"{"error":"manifest unknown"}"#]))
        #expect(result.error == DockerError(.imageNotFound, "manifest unknown"))
    }

    @Test("C28: an error that is followed by another line still fails")
    func followed() async throws {
        let result = try await pull(.stream([#"{"error":"no space left on device"}"#, Self.proof]))
        #expect(result.error == DockerError(.noSpace, "no space left on device"))
        #expect(result.lines.count == 3)
    }

    @Test("C29: a stream with only errorDetail fails with its message")
    func detail() async throws {
        let result = try await pull(.stream([#"{"errorDetail":{"code":1,"message":"it broke"}}"#, Self.proof]))
        #expect(result.error == DockerError(.refused, "it broke"))
    }

    @Test("an error without text is one too", arguments: [#"{"error":""}"#, #"{"error":7}"#, #"{"errorDetail":{}}"#])
    func withoutText(object: String) async throws {
        #expect(try await pull(.stream([object, Self.proof])).error?.code == .refused)
    }

    @Test("C30: a pull that is cut in mid-stream fails, in both forms of a cut (C-9)")
    func truncated() async throws {
        let progress = #"{"status":"Downloading","id":"1","progressDetail":{}}"#
        #expect(try await pull(.stream([progress]).then(.cut)).error?.code == .truncated)
        #expect(try await pull(.stream([progress])).error?.code == .truncated)
        #expect(try await pull(.stream([])).error?.code == .truncated)
    }

    @Test("a cut after a told failure is that failure")
    func cutAfterFailure() async throws {
        let result = try await pull(.stream([#"{"error":"unauthorized"}"#]).then(.cut))
        #expect(result.error?.code == .unauthorized)
    }

    @Test("progress that is no JSON is malformed")
    func malformed() async throws {
        #expect(try await pull(.stream(["{nonsense}"])).error?.code == .malformed)
        #expect(try await pull(.stream(["plain text"])).error?.code == .malformed)
    }

    @Test("a pull without a byte for the limit fails as retryable, before and after its head")
    func inactivity() async throws {
        var limits = DockerClient.Limits()
        limits.pullInactivity = .milliseconds(40)
        for answer in [FakeAnswer.silence, .stream([#"{"status":"Waiting"}"#]).then(.hang)] {
            let error = try await pull(answer, limits: limits).error
            #expect(error?.code == .timedOut)
            #expect(error?.isRetryable == true)
        }
    }

    @Test("a refused pull is its error and was never accepted")
    func refused() async throws {
        let result = try await pull(.error(500, "Get http://r/v2/: dial tcp 127.0.0.1:1: connect: connection refused"))
        #expect(result.error?.code == .registryUnreachable)
        #expect(result.lines.isEmpty)
    }

    @Test("C31: a cancelled pull ends as 'canceled', and the engine sees its connection close")
    func canceled() async throws {
        try await withFakeEngine(fixedVersion: APIVersion(1, 41)) { (engine, client) async throws in
            engine.answer("POST", "/images/create", .stream([#"{"status":"Waiting"}"#]).then(.hang))
            let opened = Opened()
            let pull = Task {
                await dockerError { try await client.pullImage(ImageReference("x")) { _ in opened.add() } }
            }
            await opened.wait(for: 1)
            pull.cancel()
            #expect(await pull.value?.code == .canceled)
            await engine.waitForConnections(atMost: 0)
        }
    }

    @Test("C32: a bar is added where an engine sends numbers but none")
    func progress() async throws {
        let line = #"{"status":"Downloading","progressDetail":{"current":500000,"total":2000000},"id":"1"}"#
        let result = try await pull(.stream([line, Self.proof]))
        let bar = "[============>                                      ]    500kB/2MB"
        #expect(
            result.lines[1]
                == #"{"status":"Downloading","progressDetail":{"current":500000,"total":2000000},"id":"1","progress":""#
                + bar + #""}"#)
    }

    @Test("reference and credentials are sent as the engine wants them (C19, C20 in the URL-safe alphabet)")
    func request() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("POST", "/images/create", .stream([Self.proof]))
            let authentication = RegistryAuthentication(username: "u", password: "??>>~~ü", serverAddress: "r:1")
            try await client.pullImage(ImageReference("r:1/a/b:2"), authentication: authentication) { _ in }
            try await client.pullImage(ImageReference("alpine")) { _ in }
            let calls = engine.calls
            #expect(calls.map(\.query) == ["fromImage=r%3A1%2Fa%2Fb&tag=2", "fromImage=alpine&tag=latest"])
            #expect(
                calls.map { $0.header("X-Registry-Auth") } == [
                    "eyJ1c2VybmFtZSI6InUiLCJwYXNzd29yZCI6Ij8_Pj5-fsO8Iiwic2VydmVyYWRkcmVzcyI6InI6MSJ9", nil,
                ])
            #expect(!"\(authentication)".contains("??>>") && !String(reflecting: authentication).contains("??>>"))
        }
    }
}

import AsyncTestKit
import DockerEngine
import DockerTestKit
import Synchronization
import Testing
import Values

@Suite("An engine that misbehaves")
struct FaultTests {
    @Test("a missing socket is 'unavailable' at once, not at the deadline")
    func missingSocket() async throws {
        let endpoint = DockerEndpoint(address: .unix(path: "/tmp/there-is-no-such.sock"))
        try await DockerClient.withClient(endpoint: endpoint, logger: .silent) { (client) async throws in
            #expect(await dockerError { try await client.ping() }?.code == .unavailable)
            #expect(await dockerError { _ = try await client.listContainers() }?.code == .unavailable)
            #expect(await dockerError { try await client.events { _ in } }?.code == .unavailable)
        }
    }

    @Test("a call that is never answered ends at its deadline")
    func silence() async throws {
        let time = ManualTime()
        try await withFakeEngine(fixedVersion: APIVersion(1, 41), time: time) { (engine, client) async throws in
            engine.answer("GET", "/info", .silence)
            async let error = dockerError { _ = try await client.info() }
            await time.waitForSleepers(count: 1)
            time.advance(by: .seconds(10))
            #expect(await error?.code == .timedOut)
        }
    }

    @Test("the deadline covers the body too")
    func hangingBody() async throws {
        let time = ManualTime()
        try await withFakeEngine(fixedVersion: APIVersion(1, 41), time: time) { (engine, client) async throws in
            engine.answer("GET", "/info", .json(#"{"a":"#).then(.hang))
            async let error = dockerError { _ = try await client.info() }
            await time.waitForSleepers(count: 1)
            time.advance(by: .seconds(10))
            #expect(await error?.code == .timedOut)
        }
    }

    @Test("an answer that is cut off, no JSON or of the wrong shape is an error")
    func brokenAnswers() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/info", .json(#"{"a":"#).then(.cut), .json("{broken"), .json("[]"), .text("<html>"))
            var codes: [DockerError.Code] = []
            for _ in 0..<4 {
                if let error = await dockerError({ _ = try await client.info() }) { codes.append(error.code) }
            }
            #expect(codes.count == 4)
            #expect(codes.dropFirst() == [.malformed, .malformed, .malformed])
        }
    }

    @Test("an answer larger than the limit is refused")
    func tooLarge() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let piece = FakeAnswer.Step.bytes([UInt8](repeating: 0x20, count: 1 << 20))
            engine.answer("GET", "/info", FakeAnswer(steps: Array(repeating: piece, count: 17)))
            #expect(await dockerError { _ = try await client.info() }?.code == .malformed)
        }
    }

    @Test("an error without JSON, or without any body, still has a sentence")
    func errorBodies() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/info", .text("  gateway broken\n", status: 502), .empty(status: 500), .json("{}", status: 503))
            #expect(
                await dockerError { _ = try await client.info() }
                    == DockerError(.refused, status: 502, "gateway broken"))
            #expect(await dockerError { _ = try await client.info() }?.message.contains("500") == true)
            #expect(await dockerError { _ = try await client.info() }?.status == 503)
        }
    }

    @Test(
        "a page for browsers is no sentence; an error keeps its status and says something",
        arguments: [(400, ""), (404, "<html><body>no</body></html>"), (409, "{}"), (500, "[]"), (503, "\u{0}\u{1}")])
    func pages(_ status: UInt, _ body: String) async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/info", .text(body, status: status))
            let error = await dockerError { _ = try await client.info() }
            #expect(error?.status == status)
            #expect(error?.message.isEmpty == false && error?.message.contains("<") == false)
        }
    }

    @Test(
        "answers of the right form with the wrong types are an error, or what can be read of them; never a crash",
        arguments: [
            "null", "[]", "7", #""text""#, #"{"Id":7,"State":[]}"#, #"{"Id":"1","State":{"Status":null}}"#,
            #"{"Id":"1","Name":9,"State":{"Status":"running","ExitCode":"x"},"Config":{"Labels":[1],"Tty":"yes"}}"#,
            #"{"Id":"1","State":{"Status":"exited","ExitCode":9223372036854775807}}"#,
            #"[{"Id":null,"Names":{},"State":1},null,5,{"Names":["/a"],"State":"running"}]"#,
        ])
    func wrongTypes(_ body: String) async throws {
        try await withFakeEngine { (engine, client) async throws in
            for path in ["/containers/x/json", "/containers/json", "/images/x/json", "/images/json", "/info"] {
                engine.answer("GET", path, .json(body))
            }
            for path in ["/containers/create", "/containers/x/wait"] { engine.answer("POST", path, .json(body)) }
            let calls: [() async throws -> Void] = [
                { _ = try await client.inspectContainer("x") }, { _ = try await client.listContainers() },
                { _ = try await client.inspectImage("x") }, { _ = try await client.listImages(reference: "x") },
                { _ = try await client.info() }, { _ = try await client.createContainer(name: "x", body: [:]) },
                { try await client.waitForContainer("x", until: .removed, deadline: .seconds(5)) },
            ]
            for call in calls {
                guard let error = await dockerError(call) else { continue }
                #expect(error.code == .malformed && !error.message.isEmpty)
            }
        }
    }

    @Test("a stream of events that is cut in the middle of one, or turns into something else, ends with an error")
    func cutStreams() async throws {
        let event = #"{"Type":"container","Action":"start","Actor":{"Attributes":{"name":"x"}},"timeNano":5}"#
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/events", .stream([event, String(event.prefix(20))]).then(.cut),
                .stream([event, "<html>"]), .stream([event, event, #"{"Type":5}"#, "{broken}", event]))
            var seen: [Int] = []
            var codes: [DockerError.Code?] = []
            for _ in 0..<3 {
                let count = Counter()
                let error = await dockerError { try await client.events { _ in count.add() } }
                codes.append(error?.code)
                seen.append(count.value)
            }
            #expect(codes == [.truncated, .malformed, nil])
            // What came before the fault counts; what is no event is left out.
            #expect(seen == [1, 1, 3])
        }
    }

    @Test("an answer whose socket closes after the head, in the body or instead of it is an error that can be retried")
    func closedSockets() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let calls: [FakeAnswer] = [
                .hangUp, FakeAnswer(steps: [.cut]), .json(#"{"a":1"#).then(.cut),
                FakeAnswer(headers: [("Content-Length", "100")], steps: [.bytes([0x7B]), .cut]),
            ]
            for answer in calls {
                engine.answer("GET", "/info", answer)
                let error = await dockerError { _ = try await client.info() }
                #expect(error?.isRetryable == true, "\(String(describing: error))")
            }
        }
    }

    @Test("many hanging streams do not hold up short calls")
    func streamsDoNotStarveCalls() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/events", FakeAnswer(steps: [.hang]))
            engine.answer("GET", "/info", .json("{}"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                let opened = Opened()
                for _ in 0..<40 {
                    group.addTask {
                        _ = await dockerError { try await client.events(onOpen: { opened.add() }) { _ in } }
                    }
                }
                await opened.wait(for: 40)
                _ = try await client.info()
                group.cancelAll()
            }
            #expect(engine.calls.last?.path == "/info")
        }
    }

    @Test(
        "a cancelled call and a cancelled stream end as 'canceled', and the engine sees the stream's connection close")
    func cancellation() async throws {
        try await withFakeEngine(fixedVersion: APIVersion(1, 41)) { (engine, client) async throws in
            engine.answer("GET", "/events", FakeAnswer(steps: [.hang]))
            let opened = Opened()
            let stream = Task {
                await dockerError { try await client.events(onOpen: { opened.add() }) { _ in } }
            }
            await opened.wait(for: 1)
            stream.cancel()
            #expect(await stream.value?.code == .canceled)
            await engine.waitForConnections(atMost: 0)

            engine.answer("GET", "/info", .silence)
            let call = Task { await dockerError { _ = try await client.info() } }
            call.cancel()
            #expect(await call.value?.code == .canceled)
        }
    }
}

/// A count by reference.
private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}

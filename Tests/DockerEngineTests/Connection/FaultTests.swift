import AsyncTestKit
import DockerEngine
import DockerTestKit
import Testing

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

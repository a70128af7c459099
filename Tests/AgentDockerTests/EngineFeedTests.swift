import AgentCore
import AsyncSupport
import DockerTestKit
import Synchronization
import Testing
import Values

@testable import AgentDocker

@Suite("Events, logs and lists behind the port")
struct EngineFeedTests {
    @Test("events carry name, labels and time; one without a name is left out")
    func events() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/events",
                .stream([
                    #"{"Type":"container","Action":"start","Actor":{"Attributes":{"name":"x","real":"True"}},"timeNano":5}"#,
                    #"{"Type":"container","Action":"die","Actor":{"Attributes":{}},"timeNano":6}"#,
                ]))
            let seen = Mutex<[ContainerEvent]>([])
            let opened = Mutex(0)
            try await DockerEngineFeed(client: client).watch(
                since: WallTime(seconds: 1), onOpen: { opened.withLock { $0 += 1 } },
                onEvent: { event in seen.withLock { $0.append(event) } })
            #expect(opened.withLock { $0 } == 1)
            #expect(
                seen.withLock { $0 } == [
                    ContainerEvent(
                        action: "start", container: "x", labels: ["name": "x", "real": "True"],
                        time: WallTime(seconds: 0, nanoseconds: 5))
                ])
        }
    }

    @Test("log lines have the engine's time; a negative tail reads nothing, not everything")
    func logs() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer(
                "GET", "/containers/x/json",
                .json(#"{"Id":"1","Name":"/x","State":{"Status":"running"},"Config":{"Tty":true}}"#))
            engine.answer("GET", "/containers/x/logs", .stream(["2026-08-04T10:20:30.000000001Z hello\r\n"]))
            let lines = Mutex<[ContainerLogLine]>([])
            try await DockerEngineFeed(client: client).readLogs(of: "x", LogQuery(tail: -3)) { line in
                lines.withLock { $0.append(line) }
            }
            #expect(
                lines.withLock { $0 } == [
                    ContainerLogLine(time: WallTime(rfc3339: "2026-08-04T10:20:30.000000001Z"), text: "hello")
                ])
            #expect(engine.calls.last?.query == "stdout=1&stderr=1&tail=0&timestamps=1")
        }
    }

    @Test("lists pass the engine's keys through, unknown ones too, and null lists stay null")
    func lists() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let feed = DockerEngineFeed(client: client)
            engine.answer("GET", "/containers/json", .json(#"[{"Id":"1","Ports":null,"New":{"a":1}}]"#), .json("[]"))
            engine.answer("GET", "/images/json", .json(#"[{"Id":"2","Containers":-1}]"#))
            #expect(try await feed.containerSummaries() == [["Id": "1", "Ports": nil, "New": ["a": 1]]])
            #expect(try await feed.containerSummaries() == [])
            #expect(try await feed.imageSummaries() == [["Id": "2", "Containers": -1]])
        }
    }

    @Test("the data root is nil when the engine tells none")
    func dataRoot() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let feed = DockerEngineFeed(client: client)
            engine.answer("GET", "/info", .json(#"{"DockerRootDir":"/var/lib/docker"}"#), .json("{}"))
            #expect(try await feed.dataRoot() == "/var/lib/docker")
            #expect(try await feed.dataRoot() == nil)
        }
    }

    @Test("a ping that fails is 'unavailable' and retryable")
    func ping() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let feed = DockerEngineFeed(client: client)
            try await feed.ping()
            engine.answer("HEAD", "/_ping", .hangUp)
            let error = await engineError { try await feed.ping() }
            #expect(error?.code == .unavailable && error?.isRetryable == true)
        }
    }
}

import AsyncSupport
import AsyncTestKit
import NIOCore
import NIOPosix
import Testing
import Values

@testable import AgentRuntime

@Suite("Diagnostics server")
struct DiagnosticsServerTests {
    private typealias Client = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Runs a server on a free port while the body runs.
    private func withServer(
        time: any TimeSource = ManualTime(), _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let ports = BoundedChannel<Int>(capacity: 1, overflow: .dropNewest)
        let server = DiagnosticsServer(port: 0, time: time, logger: silent) { ["uptime_seconds": 1.5, "text": "a\"b"] }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run { ports.send($0) } }
            let port = try #require(await ports.next())
            try await body(port)
            group.cancelAll()
        }
    }

    private func connect(_ port: Int) async throws -> Client {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) {
            channel in channel.eventLoop.makeCompletedFuture { try Client(wrappingChannelSynchronously: channel) }
        }
    }

    /// Sends the text and reads until the server closes.
    private func exchange(_ port: Int, _ text: String) async throws -> String {
        try await connect(port).executeThenClose { inbound, outbound in
            if !text.isEmpty { try await outbound.write(ByteBuffer(string: text)) }
            var answer = ""
            do { for try await part in inbound { answer += String(buffer: part) } } catch is IOError {}
            return answer
        }
    }

    private func get(_ port: Int, _ uri: String, method: String = "GET", host: String = "localhost") async throws
        -> String
    {
        try await exchange(port, "\(method) \(uri) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
    }

    @Test("the variables are JSON, never kept by a cache, and the connection ends")
    func variables() async throws {
        try await withServer { port in
            let answer = try await get(port, "/debug/vars")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("Content-Type: application/json\r\n"))
            #expect(answer.contains("Cache-Control: no-store\r\n"))
            #expect(answer.contains("Connection: close\r\n"))
            let body = String(answer[try #require(answer.firstRange(of: "\r\n\r\n")).upperBound...])
            #expect(try JSON.decode(body) == ["uptime_seconds": 1.5, "text": "a\"b"])
        }
    }

    @Test("the index is HTML with a link to the variables; HEAD gives the same head without the body")
    func index() async throws {
        try await withServer { port in
            let answer = try await get(port, "/debug/pprof/")
            #expect(answer.contains("Content-Type: text/html; charset=utf-8\r\n"))
            #expect(answer.contains("href=\"/debug/vars\""))
            let head = try await get(port, "/debug/pprof/", method: "HEAD")
            #expect(answer.hasPrefix(head))
            #expect(head.hasSuffix("\r\n\r\n"))
        }
    }

    @Test("refusals have their status and a sentence")
    func refusals() async throws {
        try await withServer { port in
            let missing = try await get(port, "/debug/pprof/heap")
            #expect(missing.hasPrefix("HTTP/1.1 404 ") && missing.contains("no Go program"))
            #expect(try await get(port, "/debug/vars", host: "evil.example").hasPrefix("HTTP/1.1 403 "))
            let posted = try await get(port, "/debug/vars", method: "POST")
            #expect(posted.hasPrefix("HTTP/1.1 405 ") && posted.contains("Allow: GET, HEAD\r\n"))
        }
    }

    @Test(
        "what is no HTTP ends the connection, and the next one is served",
        arguments: [
            "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", String(repeating: "x", count: 200_000),
        ])
    func garbage(text: String) async throws {
        try await withServer { port in
            let answer = (try? await exchange(port, text)) ?? ""
            #expect(!answer.contains("200 OK"))
            let next = try await get(port, "/debug/vars")
            #expect(next.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test("connections that say nothing are at most four, and none lives longer than its time")
    func silentConnections() async throws {
        let time = ManualTime()
        try await withServer(time: time) { port in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<DiagnosticsServer.connectionLimit { group.addTask { try await exchange(port, "") } }
                await time.waitForSleepers(count: DiagnosticsServer.connectionLimit)
                let refused = (try? await get(port, "/debug/vars")) ?? ""
                #expect(refused.isEmpty, "one more is closed unanswered")
                time.advance(by: DiagnosticsServer.timeLimit)
                for try await answer in group { #expect(answer.isEmpty) }
            }
            var answer = ""
            while answer.isEmpty { answer = (try? await get(port, "/debug/vars")) ?? "" }
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test("a port that is taken ends the server only; nothing listens once it has ended (system.md 0.1 step 6)")
    func takenPort() async throws {
        try await withServer { port in
            let second = DiagnosticsServer(port: port, time: ManualTime(), logger: silent) { [:] }
            await second.run { _ in
                Issue.record("two servers on one port")
            }
            let next = try await get(port, "/debug/vars")
            #expect(next.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test("the server ends with its task and gives the port back")
    func end() async throws {
        let ports = BoundedChannel<Int>(capacity: 1, overflow: .dropNewest)
        try await withServer { ports.send($0) }
        let port = try #require(await ports.next())
        await #expect(throws: (any Error).self) { _ = try await connect(port) }
    }
}

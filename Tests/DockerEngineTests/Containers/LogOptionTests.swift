import AsyncSupport
import DockerEngine
import DockerTestKit
import Testing
import Values

@Suite("Reading logs")
struct LogOptionTests {
    static let details = FakeAnswer.json(
        #"{"Id":"1","Name":"/x","State":{"Status":"running"},"Config":{"Tty":false}}"#)
    static let terminal = FakeAnswer.json(
        #"{"Id":"1","Name":"/x","State":{"Status":"running"},"Config":{"Tty":true}}"#)

    private func query(_ options: LogOptions) async throws -> String? {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/containers/x/json", Self.details)
            engine.answer("GET", "/containers/x/logs", .stream([]))
            try await client.containerLogs(of: "x", options) { _ in }
            return engine.calls.last?.query
        }
    }

    @Test("C1: a zero query asks for all of both streams, without follow, bounds and stamps")
    func zero() async throws {
        #expect(try await query(LogOptions()) == "stdout=1&stderr=1&tail=all")
    }

    @Test("C2: tail, both bounds and stamps are passed on; bounds as Unix seconds with fraction (C-37)")
    func all() async throws {
        let options = LogOptions(
            follow: true, tail: 200, since: WallTime(seconds: 1_785_834_000, nanoseconds: 7),
            until: WallTime(seconds: 1_785_834_001, nanoseconds: 500_000_000), timestamps: true)
        #expect(
            try await query(options)
                == "stdout=1&stderr=1&follow=1&tail=200&since=1785834000.000000007&until=1785834001.500000000&timestamps=1"
        )
    }

    @Test("C3: tail as a number of any kind, or as text, is used", arguments: [.int(3), .double(3), "3"] as [Value])
    func tails(tail: Value) {
        #expect(LogOptions(["tail": tail]).tail == 3)
    }

    @Test(
        "C4: a tail of a senseless type and a bound that is a number are ignored, the read is not refused",
        arguments: [[1], [:], true, nil, -5, 1.5, "many", "all"] as [Value])
    func senseless(tail: Value) {
        #expect(LogOptions(["tail": tail, "since": 7, "until": true]) == LogOptions())
    }

    @Test("options are read from an object")
    func object() {
        let options = LogOptions([
            "tail": 5, "since": "2026-08-04T10:20:30Z", "follow": true, "timestamps": true, "unknown": 1,
        ])
        #expect(options == LogOptions(follow: true, tail: 5, since: WallTime(seconds: 1_785_838_830), timestamps: true))
    }

    private func lines(
        details: FakeAnswer, contentType: String?, pieces: [[UInt8]], _ options: LogOptions = .init()
    ) async throws -> [String] {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/containers/x/json", details)
            engine.answer(
                "GET", "/containers/x/logs",
                FakeAnswer(
                    headers: contentType.map { [("Content-Type", $0)] } ?? [], steps: pieces.map { .bytes($0) }))
            let lines = Lines()
            try await client.containerLogs(of: "x", options) { lines.add($0.text) }
            return lines.all
        }
    }

    @Test("C7: a container without terminal that prints ten bytes gives one line and no junk (C-7)")
    func tenBytes() async throws {
        let frame = StreamDemultiplexerTests.frame(1, "123456789\n")
        #expect(try await lines(details: Self.details, contentType: nil, pieces: [frame]) == ["123456789"])
    }

    @Test("C9: a terminal's log has its carriage returns stripped and no headers")
    func terminal() async throws {
        let bytes = Array("one\r\ntwo\r\n".utf8)
        #expect(try await lines(details: Self.terminal, contentType: nil, pieces: [bytes]) == ["one", "two"])
    }

    @Test("the content type, where there is one, decides over the configuration")
    func contentType() async throws {
        let frame = StreamDemultiplexerTests.frame(2, "framed\n")
        #expect(
            try await lines(
                details: Self.terminal, contentType: "application/vnd.docker.multiplexed-stream", pieces: [frame])
                == ["framed"])
        #expect(
            try await lines(
                details: Self.details, contentType: "application/vnd.docker.raw-stream", pieces: [Array("raw\n".utf8)])
                == ["raw"])
    }

    @Test("C10: a log driver without reading is told as such")
    func notReadable() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/containers/x/json", Self.details)
            engine.answer(
                "GET", "/containers/x/logs", .error(501, "configured logging driver does not support reading"))
            let error = await dockerError { try await client.containerLogs(of: "x", LogOptions()) { _ in } }
            #expect(error?.code == .logsNotReadable)
        }
    }

    @Test("a log that is cut delivers what came, then fails; what is no frame is malformed")
    func cut() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/containers/x/json", Self.details)
            engine.answer(
                "GET", "/containers/x/logs",
                FakeAnswer(steps: [.bytes(StreamDemultiplexerTests.frame(1, "one\n")), .cut]), .stream(["not a frame"]))
            let lines = Lines()
            let error = await dockerError {
                try await client.containerLogs(of: "x", LogOptions()) { lines.add($0.text) }
            }
            #expect(error?.code == .truncated)
            #expect(lines.all == ["one"])
            let second = await dockerError { try await client.containerLogs(of: "x", LogOptions()) { _ in } }
            #expect(second?.code == .malformed)
        }
    }
}

import AsyncSupport
import DockerEngine
import DockerTestKit
import Testing

@Suite("Watching events")
struct EventTests {
    static let start =
        #"{"Type":"container","Action":"start","Actor":{"ID":"1","Attributes":{"name":"x","real":"True"}},"#
        + #""time":1785834000,"timeNano":1785834000123456789}"#

    @Test("events come out whole, however the stream is cut; one that is none is skipped")
    func decoding() async throws {
        try await withFakeEngine { (engine, client) async throws in
            let middle = Self.start.index(Self.start.startIndex, offsetBy: 30)
            engine.answer(
                "GET", "/events",
                .stream([
                    String(Self.start[..<middle]), String(Self.start[middle...]) + "\n{\"nonsense\":1}\n{broken}",
                    #"{"Action":"die","time":7}"#,
                ]))
            let lines = Lines()
            try await client.events(onOpen: { lines.add("open") }) { event in
                lines.add(
                    "\(event.action) \(event.attributes["name"] ?? "-") \(event.time.seconds) \(event.time.nanoseconds)"
                )
            }
            #expect(lines.all == ["open", "start x 1785834000 123456789", "die - 7 0"])
        }
    }

    @Test("since closes the gap and the default filter is containers")
    func query() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/events", .stream([]))
            try await client.events(since: WallTime(seconds: 5, nanoseconds: 1)) { _ in }
            #expect(
                engine.calls.first?.query
                    == "since=5.000000001&filters=%7B%22type%22%3A%7B%22container%22%3Atrue%7D%7D")
        }
    }

    @Test("a stream that is cut, or that is no JSON, is an error after what came")
    func faults() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/events", .stream([Self.start]).then(.cut), .stream(["<html>"]))
            let lines = Lines()
            let cut = await dockerError { try await client.events { lines.add($0.action) } }
            #expect(cut?.code == .truncated)
            #expect(lines.all == ["start"])
            #expect(await dockerError { try await client.events { _ in } }?.code == .malformed)
        }
    }

    @Test("a refused subscription is its error, and nothing is opened")
    func refused() async throws {
        try await withFakeEngine { (engine, client) async throws in
            engine.answer("GET", "/events", .error(400, "Invalid filter 'nonsense'"))
            let lines = Lines()
            let error = await dockerError { try await client.events(onOpen: { lines.add("open") }) { _ in } }
            #expect(error == DockerError(.refused, status: 400, "Invalid filter 'nonsense'"))
            #expect(lines.all.isEmpty)
        }
    }
}

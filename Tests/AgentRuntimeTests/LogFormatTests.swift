import AsyncSupport
import Logging
import Testing
import Values

@testable import AgentRuntime

@Suite("Lines of the log (containers-logs-terminal.md 3.13)")
struct LogFormatTests {
    private let format = LogFormat(redactor: Redactor())
    private let time = WallTime(seconds: 1_136_214_245)

    private func record(
        _ level: Logger.Level = .info, _ message: String = "hello", fields: Logger.Metadata = [:],
        error: (any Error)? = nil
    ) -> LogRecord {
        LogRecord(
            level: level, message: message, fields: fields, error: error, caller: "AgentCore/Lane.swift:12",
            time: time)
    }

    private func line(_ record: LogRecord) throws -> Object {
        let bytes = try #require(format.json(record))
        #expect(bytes.last == UInt8(ascii: "\n"))
        #expect(bytes.dropLast().allSatisfy { $0 != UInt8(ascii: "\n") })
        return try #require(try JSON.decode(Array(bytes.dropLast())).object)
    }

    private struct Failure: Error, CustomStringConvertible { var description: String { "it broke" } }

    @Test("level, context fields, error, caller, time and message, in this order")
    func order() throws {
        let line = try line(record(.error, "failed", fields: ["zeta": "1", "app": "x"], error: Failure()))
        #expect(line.keys == ["level", "app", "zeta", "error", "caller", "time", "message"])
        #expect(line["level"] == "error")
        #expect(line["error"] == "it broke")
        #expect(line["caller"] == "AgentCore/Lane.swift:12")
        #expect(line["message"] == "failed")
        let written = try #require(line["time"]?.string)
        #expect(WallTime(rfc3339: written) == time)
        #expect(written.utf8.count == 20 || written.utf8.count == 25)
    }

    @Test(
        "the names of the levels are those of the reference",
        arguments: [
            (Logger.Level.trace, "trace"), (.debug, "debug"), (.info, "info"), (.notice, "info"), (.warning, "warn"),
            (.error, "error"), (.critical, "fatal"),
        ])
    func level(level: Logger.Level, name: String) throws {
        #expect(try line(record(level))["level"] == .string(name))
    }

    @Test("a line break, a quote or NUL in a text stays inside its line")
    func escapes() throws {
        #expect(try line(record(.info, "a\nb\"c\\\u{0}\r\u{2028}"))["message"] == "a\nb\"c\\\u{0}\r\u{2028}")
    }

    @Test("a field cannot pass for one of the line's own keys; `error` is the error")
    func ownKeys() throws {
        let line = try line(record(fields: ["level": "x", "time": "y", "message": "z", "error": "e", "stack": "s"]))
        #expect(line["level"] == "info")
        #expect(line["message"] == "hello")
        #expect(line["error"] == "e")
        #expect(line["field_level"] == "x")
        #expect(line["field_time"] == "y")
    }

    @Test("lists and dictionaries of the context stay what they are")
    func nested() throws {
        let line = try line(
            record(fields: ["a": ["x", "y"], "d": ["k": "v", "l": ["m"]], "n": .stringConvertible(7)]))
        #expect(line["a"] == ["x", "y"])
        #expect(line["d"] == ["k": "v", "l": ["m"]])
        #expect(line["n"] == "7")
    }

    @Test("S60: a secret is in no part of a line, also where JSON would escape it")
    func secrets() throws {
        format.redactor.register(["pa\"ss\nword"])
        let secret = "pa\"ss\nword"
        let record = record(
            .error, "m \(secret)", fields: ["a": "\(secret)", "d": ["k": ["\(secret)"]], "error": "\(secret)"])
        let line = try line(record)
        #expect(line["message"] == "m ***")
        #expect(line["a"] == "***")
        #expect(line["d"] == ["k": ["***"]])
        #expect(line["error"] == "***")
        #expect(!format.readable(record).contains("ss"))
    }

    @Test("a very long text is cut, so that readers of the file take the line")
    func long() throws {
        let line = try line(record(.info, String(repeating: "ä", count: 600_000)))
        let message = try #require(line["message"]?.string)
        #expect(message.utf8.count < LogFormat.longestText + 16)
        #expect(message.hasSuffix("…"))
    }

    @Test("the console shows one line for each record")
    func readable() {
        let text = format.readable(record(.warning, "a\nb", fields: ["k": "v"], error: Failure()))
        #expect(text.hasSuffix(" WARN a b: it broke k=v\n"))
        #expect(text.split(separator: "\n").count == 1)
    }
}

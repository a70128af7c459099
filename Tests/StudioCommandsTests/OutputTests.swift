import ArgumentParser
import Testing
import Values

@testable import StudioCommands

@Suite("What the command line shows")
struct OutputTests {
    @Test("columns are padded to their widest cell, lines have no trailing blanks")
    func table() {
        var table = Table("KEY", "NAME")
        table.add("1", "a")
        table.add("1000", "")
        #expect(table.lines == ["KEY   NAME", "1     a", "1000"])
    }

    @Test(
        "more than one session of a device is shown beside its status",
        arguments: [
            (["status": "CONNECTED", "sessions": 1], "CONNECTED"), (["status": "CONNECTED"], "CONNECTED"),
            (["status": "DISCONNECTED", "sessions": 0], "DISCONNECTED"),
            (["status": "CONNECTED", "sessions": 2], "CONNECTED, 2 sessions"),
        ] as [(Value, String)])
    func sessions(device: Value, expected: String) {
        #expect(DevicesCommand.status(of: device) == expected)
    }

    @Test("what a device says of itself cannot steer the terminal")
    func controlCharacters() {
        var table = Table("NAME")
        table.add("a\u{1B}[2J\u{7}\n\u{9B}31mb")
        #expect(table.lines == ["NAME", "a[2J31mb"])
    }

    @Test(
        "the wire's four log payloads become lines",
        arguments: [
            ("a\nb", LogPayload(.app, ["a", "b"])),
            (.object(["type": "build", "chunk": "Starting"]), LogPayload(.agent, ["Starting"])),
            (.object(["type": "build", "chunk": "LOGGER_CLEAR"]), LogPayload(.agent, [])),
            (
                .object(["id": "a.tgz", "status": "Transfer Progress:", "progress": "1%"]),
                LogPayload(.agent, ["Transfer Progress: 1%"])
            ),
            (3, LogPayload(.agent, [])),
        ] as [(Value, LogPayload)])
    func payloads(argument: Value, expected: LogPayload) {
        #expect(LogPayload(argument) == expected)
    }

    @Test(
        "lines that stand in the history are not shown again when they come live",
        arguments: [
            (["1", "2", "3"], [["2", "3", "4"]], ["4"]),
            (["1", "2", "3"], [["3"], ["4"]], ["4"]),
            (["1", "2"], [["3", "4"]], ["3", "4"]),
            ([], [["1"]], ["1"]),
            (["a", "a"], [["a", "b"]], ["b"]),
            (["1", "2", "3"], [["2", "x", "3"]], ["x", "3"]),
        ])
    func splice(history: [String], batches: [[String]], expected: [String]) {
        var splice = LogSplice(history: history)
        #expect(batches.flatMap { splice.fresh(LogPayload(.app, $0)) } == expected)
    }

    @Test("an agent line that comes before the app's batch does not hide that the batch was shown")
    func mixedSplice() {
        var splice = LogSplice(history: ["Starting", "1", "Now running", "2"])
        #expect(splice.fresh(LogPayload(.agent, ["Now running"])).isEmpty)
        #expect(splice.fresh(LogPayload(.app, ["1", "2", "3"])) == ["3"])
        #expect(splice.fresh(LogPayload(.agent, ["Now running"])) == ["Now running"])
    }
}

@Suite("The command line's arguments")
struct ArgumentTests {
    @Test(
        "malformed calls are refused",
        arguments: [
            ["serve", "--router", "http://x"],
            ["serve", "--router", "ws://x", "--device-url", "http://x"],
            ["serve", "--router", "ws://x", "--secret", "x"],
            ["device", "add"], ["logs", "d"], ["app", "stop", "d"], ["app", "remove", "d"],
            ["app", "run", "d"], ["apps"],
            ["devices", "--output", "xml"],
        ])
    func refused(arguments: [String]) {
        #expect(throws: (any Error).self) { try StudioCommand.parseAsRoot(arguments) }
    }

    @Test(
        "the documented calls are understood",
        arguments: [
            ["serve", "--router", "ws://127.0.0.1:1/ws", "--device-url", "ws://x/y"], ["device", "add", "kiosk"],
            ["devices", "--output", "json"], ["app", "run", "kiosk", "hello:1", "--name", "h", "--env", "A=1"],
            ["app", "stop", "kiosk", "h"], ["app", "remove", "kiosk", "h", "--purge"], ["apps", "kiosk"],
            ["logs", "-f", "kiosk", "h"], ["watch"],
        ])
    func understood(arguments: [String]) throws {
        _ = try StudioCommand.parseAsRoot(arguments)
    }
}

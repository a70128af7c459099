import Foundation
import IntegrationTestKit
import Testing
import WAMPTestKit

/// Identity files that no agent can start from, and places that it cannot write (system.md 0.1, 1.3, 8.2).
@Suite("Identity and directories at the start", .serialized)
struct IdentityStartTests {
    /// A fault, what is done for it in the namespace of the program, and what has to be said.
    struct Fault: Sendable, CustomTestStringConvertible {
        var name: String
        /// Makes the fault from the path of a good identity file.
        var make: @Sendable (_ path: String) throws -> Void
        var sentence: String
        var testDescription: String { name }
    }

    private static func replace(_ path: String, _ part: String, with new: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains(part))
        try text.replacing(part, with: new).write(toFile: path, atomically: false, encoding: .utf8)
    }

    private static func write(_ path: String, _ bytes: Data) throws {
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    private static let faults: [Fault] = [
        Fault(name: "empty", make: { try write($0, Data()) }, sentence: "the identity file is empty"),
        Fault(
            name: "cut in the middle",
            make: { try write($0, try Data(contentsOf: URL(fileURLWithPath: $0)).prefix(200)) },
            sentence: "the identity file is no JSON"),
        Fault(
            name: "an error page", make: { try write($0, Data("<html>404</html>".utf8)) },
            sentence: "the identity file is no JSON"),
        Fault(
            name: "a list", make: { try write($0, Data("[1]".utf8)) }, sentence: "the identity file is no JSON object"),
        Fault(
            name: "zeros, as a lost block leaves them", make: { try write($0, Data(count: 500)) },
            sentence: "the identity file is empty"),
        Fault(
            name: "without a secret", make: { try replace($0, "\"secret\": \"device-secret-0123456789\",", with: "") },
            sentence: "the identity file has no secret"),
        Fault(
            name: "a serial number that is no text",
            make: { try replace($0, "\"serial_number\": \"S-1\"", with: "\"serial_number\": 1") },
            sentence: "serial_number in the identity file is no text"),
        Fault(
            name: "a device key of 2.5", make: { try replace($0, "\"device_key\": 3", with: "\"device_key\": 2.5") },
            sentence: "the identity file has no device_key that is a positive integer"),
        Fault(
            name: "missing", make: { try FileManager.default.removeItem(atPath: $0) },
            sentence: "there is no identity file"),
        Fault(
            name: "a directory",
            make: {
                try FileManager.default.removeItem(atPath: $0)
                try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: false)
            }, sentence: "is a directory"),
        Fault(
            name: "a pipe",
            make: {
                try FileManager.default.removeItem(atPath: $0)
                #expect(mkfifo($0, 0o600) == 0)
            }, sentence: "is no regular file"),
        // The superuser may read everything; this one nobody can read from its beginning.
        Fault(
            name: "unreadable",
            make: {
                try FileManager.default.removeItem(atPath: $0)
                try FileManager.default.createSymbolicLink(atPath: $0, withDestinationPath: "/proc/self/mem")
            }, sentence: "the identity file cannot be read"),
    ]

    @Test(
        "S2: an identity file that cannot be used: exit 1, one sentence on standard error and in the log, the file untouched, nobody dialled",
        arguments: faults)
    func badFile(_ fault: Fault) async throws {
        try await LinkBench.with { bench in
            let path = bench.workspace.file("device.flock")
            try fault.make(path)
            let before = Self.state(path)
            let process = try bench.start()
            #expect(await process.waitForExit() == 1)
            #expect(process.text.split(separator: "\n").count == 1, "\(process.text)")
            #expect(process.text.hasPrefix("fatal: ") && process.text.contains(fault.sentence), "\(process.text)")
            #expect(!process.text.contains(LinkBench.secret))
            #expect(bench.logLines.last?.contains(fault.sentence) == true, "\(bench.program.log)")
            #expect(Self.state(path) == before)
            #expect(bench.router.connections == 0)
        }
    }

    /// Content and time of change, as far as there are any.
    private static func state(_ path: String) -> String {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let isRegular = attributes?[.type] as? FileAttributeType == .typeRegular
        let content = isRegular ? (try? Data(contentsOf: URL(fileURLWithPath: path)))?.base64EncodedString() : nil
        return "\(attributes?[.type] ?? "none") \(attributes?[.modificationDate] ?? "") \(content ?? "")"
    }

    /// Mounts a directory of the workspace read-only in the namespace of the program: permission bits do not stop the
    /// superuser.
    private static func readOnly(_ bench: LinkBench, _ name: String) throws -> String {
        let path = bench.workspace.file(name)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return "mount --bind \(path) \(path) && mount -o remount,bind,ro \(path) && "
    }

    @Test(
        "a read-only directory that the agent needs: said on standard error and in the log; it runs and reaches the router",
        arguments: [
            ("agent", [], "the database cannot be opened and is tried again: "),
            ("apps", [], "cannot be created: Read-only file system"),
            ("data", ["-dbFileName", "data/reagent.db"], "the database cannot be opened and is tried again: "),
        ])
    func readOnlyDirectory(_ name: String, flags: [String], sentence: String) async throws {
        try await LinkBench.with { bench in
            let prelude = try Self.readOnly(bench, name)
            let flags = flags.map { $0.hasPrefix("data/") ? bench.workspace.file($0) : $0 }
            try await bench.running(["-connTimeout", "10000"] + flags, prelude: prelude) { process in
                await bench.connect()
                #expect(process.text.contains(sentence), "\(process.text)")
                #expect(bench.program.log.contains(sentence), "\(bench.program.log)")
                #expect(process.isRunning)
            }
        }
    }

    @Test("a directory for the log that is read-only: said once on standard error, the agent runs and connects")
    func readOnlyLog() async throws {
        try await LinkBench.with { bench in
            let prelude = try Self.readOnly(bench, "logs")
            let flags = ["-connTimeout", "10000", "-logFile", bench.workspace.file("logs/reagent.log")]
            try await bench.running(flags, prelude: prelude) { process in
                await bench.connect()
                #expect(process.text.components(separatedBy: "cannot write the log: ").count == 2, "\(process.text)")
                #expect(process.text.contains("Read-only file system"))
            }
        }
    }

    @Test("apps' directories that exist on a read-only file system: the agent runs, connects and keeps everything")
    func readOnlyApps() async throws {
        try await LinkBench.with { bench in
            for name in ["build", "compose", "shared"] {
                try FileManager.default.createDirectory(
                    atPath: bench.workspace.file("apps/" + name), withIntermediateDirectories: true)
            }
            let prelude = try Self.readOnly(bench, "apps")
            try await bench.running(prelude: prelude) { _ in await bench.connect() }
        }
    }
}

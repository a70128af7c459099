import Foundation
import IntegrationTestKit
import Testing

/// The gates of `make release` and `make check` on programs that are at hand: each must be able to fail.
@Suite("Gates of the release")
struct ReleaseGateTests {
    /// Runs one gate of scripts/lib/gates.sh; the status and what it said.
    private static func gate(_ call: String, _ arguments: String...) async throws -> (status: Int32?, text: String) {
        let process = try TestProcess(
            "/bin/bash", ["-c", ". scripts/lib/gates.sh; \(call) \"$@\"", "gate"] + arguments,
            directory: Workspace.repository)
        return (await process.waitForExit(), process.text)
    }

    private static func file(_ workspace: Workspace, _ name: String, _ text: String) throws -> String {
        let path = workspace.file(name)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test("a program that needs a loader is refused, one that does not is let through")
    func linkage() async throws {
        let refused = try await Self.gate("gate_static", Workspace.program("reagent"))
        #expect(refused.status == 1 && refused.text.contains("INTERP"), "\(refused)")
        let allowed = try await Self.gate("gate_static", "/bin/busybox")
        #expect(allowed.status == 0, "\(allowed)")
    }

    @Test(
        "what is no program, or not there, passes no gate",
        arguments: ["gate_static", "gate_stripped", "gate_foundation"])
    func nothing(gate: String) async throws {
        try await Workspace.with { workspace in
            #expect(try await Self.gate(gate, workspace.file("missing")).status == 1)
            guard gate != "gate_foundation" else { return }
            let text = try Self.file(workspace, "text", "no program")
            #expect(try await Self.gate(gate, text).status == 1)
        }
    }

    @Test("a program with symbols is refused")
    func symbols() async throws {
        let refused = try await Self.gate("gate_stripped", Workspace.program("reagent"))
        #expect(refused.status == 1 && refused.text.contains("not stripped"), "\(refused)")
        #expect(try await Self.gate("gate_stripped", "/bin/busybox").status == 0)
    }

    @Test(
        "traces of full Foundation are found inside a program",
        arguments: [
            ("icudt74_dat", 1), ("$s30FoundationInternationalization6LocaleV", 1), ("FoundationEssentials icu", 0),
        ])
    func foundation(trace: String, status: Int32) async throws {
        try await Workspace.with { workspace in
            let sample = try Self.file(workspace, "sample", "\u{7f}ELF\0\0\(trace)\0\0")
            #expect(try await Self.gate("gate_foundation", sample).status == status)
        }
    }

    @Test("a byte too much is too much")
    func size() async throws {
        try await Workspace.with { workspace in
            let sample = try Self.file(workspace, "sample", String(repeating: "x", count: 1000))
            #expect(try await Self.gate("gate_size", sample, "1000").status == 0)
            let refused = try await Self.gate("gate_size", sample, "999")
            #expect(refused.status == 1 && refused.text.contains("1000 bytes"), "\(refused)")
        }
    }

    @Test("programs that differ in a byte are not identical, and a path of the build folder is found")
    func reproducible() async throws {
        try await Workspace.with { workspace in
            let (one, other) = (
                try Self.file(workspace, "one", "abc/home/me/build/x"),
                try Self.file(workspace, "other", "abc/home/me/build/y")
            )
            #expect(try await Self.gate("gate_identical", one, one).status == 0)
            let refused = try await Self.gate("gate_identical", one, other)
            #expect(refused.status == 1 && refused.text.contains("differ"), "\(refused)")
            #expect(try await Self.gate("gate_no_path", one, "/home/me").status == 1)
            #expect(try await Self.gate("gate_no_path", one, "/home/you").status == 0)
        }
    }

    @Test(
        "a figure passes up to its limit; what is no number never passes",
        arguments: [("6", 0), ("5.99", 0), ("6.01", 1), ("", 1), ("nan", 1), ("-1", 1), ("1e9", 1), ("abc", 1)])
    func figures(value: String, status: Int32) async throws {
        #expect(try await Self.gate("gate_at_most", "memory", value, "6").status == status)
    }
}

import Foundation
import IntegrationTestKit
import Testing

/// What the program answers without an identity file (system.md 1).
@Suite("Command line that starts no agent")
struct LeavingTests {
    /// Nothing of the directory can be written, there is no home, and somebody else holds the machine's lock.
    private static let poor = """
        mount -t tmpfs none /tmp && : > /tmp/ironflock-reagent.lock && exec 9< /tmp/ironflock-reagent.lock && \
        flock 9 && mount -o remount,ro /tmp && cd /tmp && unset HOME;
        """

    @Test(
        "S11: the version without home, with a read-only working directory and a taken lock: exit 0 in less than a second",
        arguments: ["--version", "-version"])
    func version(flag: String) async throws {
        try await Workspace.with { workspace in
            let run = try await ProgramRun([flag], prelude: Self.poor, workspace: workspace)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.split(separator: ".").count == 3 && run.output.hasSuffix("\n"))
            #expect(run.output.count < 20)
            #expect(run.errors.isEmpty)
            #expect(run.took < .seconds(1), "took \(run.took)")
        }
    }

    @Test("S11: the architecture of the build, by the names of the release bucket")
    func architecture() async throws {
        try await Workspace.with { workspace in
            let run = try await ProgramRun(["-arch"], prelude: Self.poor, workspace: workspace)
            #expect(run.status == 0)
            #expect(["amd64\n", "arm64\n", "armv7\n"].contains(run.output), "\(run.output)")
        }
    }

    @Test("S11: help is on standard error, exit 0", arguments: ["-h", "--help"])
    func help(flag: String) async throws {
        try await Workspace.with { workspace in
            let run = try await ProgramRun([flag], prelude: Self.poor, workspace: workspace)
            #expect(run.status == 0)
            #expect(run.output.isEmpty)
            #expect(run.errors.hasPrefix("Usage of ") && run.errors.contains("\n  -ppTimeout uint\n"))
        }
    }

    @Test(
        "S11: a flag error: the reason and the usage on standard error, exit 2",
        arguments: [
            (["-nonsense"], "flag provided but not defined: -nonsense"),
            (["-connTimeout", "-1"], "invalid value \"-1\" for flag -connTimeout: parse error"),
            (["-config"], "flag needs an argument: -config"),
        ])
    func flagError(_ arguments: [String], reason: String) async throws {
        try await Workspace.with { workspace in
            let run = try await ProgramRun(arguments, workspace: workspace)
            #expect(run.status == 2)
            #expect(run.output.isEmpty)
            #expect(run.errors.hasPrefix(reason + "\nUsage of "), "\(run.errors.prefix(200))")
        }
    }

    @Test("S11: without -config a hint and exit 0; nothing is created")
    func withoutConfig() async throws {
        try await Workspace.with { workspace in
            let run = try await ProgramRun(
                ["-agentDir", workspace.file("agent"), "-logFile", workspace.file("log")], workspace: workspace)
            #expect(run.status == 0)
            #expect(run.output.contains("-config"))
            #expect(!FileManager.default.fileExists(atPath: workspace.file("agent")))
            #expect(!FileManager.default.fileExists(atPath: workspace.file("log")))
        }
    }

    @Test("service is not for this system: exit 1, decided before any flag")
    func service() async throws {
        try await Workspace.with { workspace in
            let run = try await ProgramRun(["service", "-nonsense"], workspace: workspace)
            #expect(run.status == 1)
            #expect(run.errors.hasPrefix("service: "))
        }
    }
}

import Foundation
import IntegrationTestKit
import Testing

/// `scripts/check-evidence` on small checkouts of its own.
@Suite("Evidence that SPECIFICATION.md cites")
struct EvidenceCheckTests {
    /// What the campaign's file says.
    struct Claim: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var commit = "HEAD"
        var result = "passed"
        /// Part of the complaint; nil: there is none.
        var complaint: String?
    }

    private static let claims = [
        Claim(testDescription: "measured here, passed"),
        Claim(testDescription: "failed", result: "FAILED", complaint: "the campaign's result is “FAILED”"),
        Claim(testDescription: "of another history", commit: "OTHER", complaint: "is no ancestor of this one"),
        Claim(testDescription: "of no commit", commit: "HEAD with changes", complaint: "is no commit"),
        Claim(testDescription: "without a result", result: "", complaint: "no result in the table"),
    ]

    @Test("evidence passes only if it says passed and was measured on a commit of this history", arguments: claims)
    func campaign(_ claim: Claim) async throws {
        try await Workspace.with { workspace in
            let checkout = try await Self.checkout(in: workspace)
            var commit = claim.commit
            for (name, hash) in [("HEAD", checkout.head), ("OTHER", checkout.other)] {
                commit = commit.replacingOccurrences(of: name, with: hash)
            }
            try Self.write(
                """
                # A campaign

                | What | Value |
                |---|---|
                | commit | \(commit) |
                | started | 2026-01-01T00:00Z |
                | machine | one, 2 cores |
                | command | `make soak` |
                | result | \(claim.result) |
                """, to: workspace.file("docs/evidence/soak.md"))
            let check = try await Self.check(workspace)
            #expect(check.code == (claim.complaint == nil ? 0 : 1), "\(check.output)")
            if let complaint = claim.complaint { #expect(check.output.contains(complaint), "\(check.output)") }
        }
    }

    @Test("evidence that does not exist is no evidence")
    func missing() async throws {
        try await Workspace.with { workspace in
            _ = try await Self.checkout(in: workspace)
            let check = try await Self.check(workspace)
            #expect(check.code == 1)
            #expect(check.output.contains("docs/evidence/soak.md, which does not exist"), "\(check.output)")
        }
    }

    @Test("a fault counts as shown only by a test of that name", arguments: ["the test", "another test"])
    func faults(_ name: String) async throws {
        try await Workspace.with { workspace in
            _ = try await Self.checkout(in: workspace)
            try Self.write("[faults](docs/evidence/faults.md)", to: workspace.file("SPECIFICATION.md"))
            try Self.write("@Test(\"the test\") func a() {}", to: workspace.file("Tests/A.swift"))
            try Self.write(
                """
                | Fault | What was done | What the user sees | Test |
                |---|---|---|---|
                | a fault | something | a sentence | \(name) |
                """, to: workspace.file("docs/evidence/faults.md"))
            let check = try await Self.check(workspace)
            #expect(check.code == (name == "the test" ? 0 : 1), "\(check.output)")
        }
    }

    /// A checkout whose specification cites the soak campaign: its commit, and one that is none of its ancestors.
    private static func checkout(in workspace: Workspace) async throws -> (head: String, other: String) {
        try write("[soak](docs/evidence/soak.md)", to: workspace.file("SPECIFICATION.md"))
        let made = try await TestEnvironment.shell(
            """
            set -e; cd '\(workspace.path)'; git init -q -b main .; git config user.name test; git config user.email test@localhost
            git commit -q --allow-empty -m one; git rev-parse HEAD
            git checkout -q --orphan other; git commit -q --allow-empty -m two; git rev-parse HEAD; git checkout -q main
            """)
        let commits = made.output.split(separator: "\n").map(String.init)
        try #require(made.status == 0 && commits.count == 2, "\(made.output)")
        return (commits[0], commits[1])
    }

    private static func check(_ workspace: Workspace) async throws -> (code: Int32?, output: String) {
        let run = try await TestEnvironment.shell(
            "'\(Workspace.repository)/scripts/check-evidence' '\(workspace.path)' 2>&1")
        return (run.status, run.output)
    }

    private static func write(_ text: String, to path: String) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}

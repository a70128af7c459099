import Foundation
import IntegrationTestKit

/// One run of the program to its end, without `-config` and in the namespace of the test.
struct ProgramRun {
    let status: Int32?
    let output: String
    let errors: String
    let took: Duration

    /// - Parameter prelude: shell commands before; the program replaces the shell.
    init(_ arguments: [String], prelude: String = "", workspace: Workspace) async throws {
        let began = ContinuousClock.now
        let (output, errors) = (workspace.file("output"), workspace.file("errors"))
        let script = prelude + "exec \"$0\" \"$@\" >\(output) 2>\(errors)"
        let process = try TestProcess(
            "/usr/bin/unshare",
            ["--mount", "--propagation", "private", "/bin/sh", "-c", script, Workspace.program("reagent")] + arguments)
        status = await process.waitForExit()
        took = ContinuousClock.now - began
        self.output = (try? String(contentsOfFile: output, encoding: .utf8)) ?? process.text
        self.errors = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? process.text
    }
}

import Foundation

/// What scripts/test-services says of the running services (`test-services env`).
public enum TestEnvironment {
    /// The variable's value; an empty text when it is missing, which no service answers to.
    public static subscript(_ name: String) -> String { ProcessInfo.processInfo.environment[name] ?? "" }

    /// Runs a command of a shell in the repository's root and returns its status and output.
    @discardableResult
    public static func shell(_ command: String, limit: Duration = .seconds(120)) async throws -> (
        status: Int32?, output: String
    ) {
        let process = try TestProcess("/bin/bash", ["-c", command], directory: Workspace.repository)
        let status = await process.waitForExit(limit)
        return (status, process.text)
    }
}

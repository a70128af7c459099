import Foundation

/// A directory of one test, deleted with it. Short, and outside `/tmp`, which programs under test see privately.
public struct Workspace: Sendable {
    public let path: String

    public init() throws {
        path = "/var/tmp/reagent-test-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    public func delete() { try? FileManager.default.removeItem(atPath: path) }

    public func file(_ name: String) -> String { path + "/" + name }

    /// Runs the body with a fresh workspace.
    public static func with<Result>(_ body: (Workspace) async throws -> Result) async throws -> Result {
        let workspace = try Workspace()
        defer { workspace.delete() }
        return try await body(workspace)
    }

    /// A program of this package as the running test build made it.
    public static func program(_ name: String) -> String {
        URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// The root of the source tree.
    public static var repository: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    }
}

import AgentCore
import AgentDocker
import AsyncSupport
import DockerEngine
import IntegrationTestKit
import Logging
import Synchronization
import Values

/// The real engine, for one test: everything that it creates is removed afterwards.
struct EngineFixture: Sendable {
    let client: DockerClient
    let scope: CleanupScope
    let base: String

    /// Runs `body` against the engine; skipped or failed when it is not there (test-environment.md 4).
    static func run(_ body: (EngineFixture) async throws -> Void) async throws {
        try await requireService("docker")
        let endpoint = try DockerEndpoint(environment: testEnvironment)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await DockerClient.withClient(endpoint: endpoint, logger: logger) { client in
            try await CleanupScope.run { scope in
                try await body(
                    EngineFixture(client: client, scope: scope, base: try requireVariable("TEST_IMAGE_BASE")))
            }
        }
    }

    /// Creates a small container that is removed after the test, and returns its name.
    func create(
        _ command: String, name: String = uniqueName("reagent_it"), tty: Bool = false, host: Object = [:],
        ports: Object = [:]
    ) async throws -> String {
        let body: Object = [
            "Image": .string(base), "Cmd": ["sh", "-c", .string(command)], "Tty": .bool(tty),
            "ExposedPorts": .object(ports), "HostConfig": .object(host), "Labels": ["reagent.test": "true"],
        ]
        scope.add { [client] in try? await client.removeContainer(name, force: true) }
        _ = try await client.createContainer(name: name, body: body)
        return name
    }

    /// Creates and starts it.
    func run(_ command: String, tty: Bool = false, host: Object = [:], ports: Object = [:]) async throws -> String {
        let name = try await create(command, tty: tty, host: host, ports: ports)
        try await client.startContainer(name)
        return name
    }

    /// Runs a command to its end and returns the container's name.
    func finish(_ command: String, tty: Bool = false) async throws -> String {
        let name = try await run(command, tty: tty)
        try await client.waitForContainer(name, until: .notRunning, deadline: .seconds(15))
        return name
    }

    /// The lines of a log that is not followed.
    func lines(of name: String, _ options: LogOptions = LogOptions()) async throws -> [LogLine] {
        let lines = Collected<LogLine>()
        try await client.containerLogs(of: name, options) { lines.add($0) }
        return lines.all
    }

    /// The error of a call; nil when it succeeds.
    func error(_ body: () async throws -> Void) async -> DockerError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? DockerError
        }
    }
}

/// Collects what callbacks get.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    func add(_ element: Element) { elements.withLock { $0.append(element) } }

    var all: [Element] { elements.withLock { $0 } }

    /// Looks until the elements are as wanted, or 10 s are over.
    func wait(until isMet: @Sendable ([Element]) -> Bool) async throws -> Bool {
        for _ in 0..<200 {
            if isMet(all) { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}

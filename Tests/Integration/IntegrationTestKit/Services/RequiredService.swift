import AsyncSupport
import DockerEngine
import Logging
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why a test cannot run.
public struct ServiceUnavailable: Error, CustomStringConvertible {
    public var description: String
}

/// What the environment says about the services of the tests (test-environment.md 4).
public enum ServiceAvailability: Sendable, Equatable {
    case up
    /// Not there, and nobody asked for it.
    case absent(reason: String)
    /// Not there although the run demands it.
    case missing(reason: String)

    /// Reads `TEST_SERVICES_UP` and `TEST_SERVICES_REQUIRED`.
    public init(of service: String, in environment: [String: String]) {
        func names(_ variable: String) -> [Substring] { (environment[variable] ?? "").split(separator: " ") }
        if names("TEST_SERVICES_UP").contains(where: { $0 == service }) {
            self = .up
            return
        }
        let reason = "service \(service) is not up (scripts/test-services up \(service))"
        self =
            names("TEST_SERVICES_REQUIRED").contains { $0 == service }
            ? .missing(reason: reason) : .absent(reason: reason)
    }
}

/// The variables of this process.
public var testEnvironment: [String: String] { ProcessInfo.processInfo.environment }

/// Returns when the service is up and `probe` succeeds within 2 s. Otherwise the test is skipped, or fails when the
/// service is required, or when it is said to be up and does not answer.
public func requireService(_ name: String, probe: @escaping @Sendable () async throws -> Void) async throws {
    switch ServiceAvailability(of: name, in: testEnvironment) {
    case .absent(let reason): try Test.cancel("\(reason)")
    case .missing(let reason): throw ServiceUnavailable(description: reason)
    case .up:
        do {
            try await withDeadline(.seconds(2), on: SystemTime()) { try await probe() }
        } catch {
            throw ServiceUnavailable(description: "service \(name) is listed as up but does not answer: \(error)")
        }
    }
}

/// ``requireService(_:probe:)`` with the probe of that service: a ping for `docker`.
public func requireService(_ name: String) async throws {
    try await requireService(name) {
        guard name == "docker" else { return }
        let endpoint = try DockerEndpoint(environment: testEnvironment)
        let logger = Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() }
        try await DockerClient.withClient(endpoint: endpoint, logger: logger) { client in try await client.ping() }
    }
}

/// A variable that `test-services env` sets.
public func requireVariable(_ name: String) throws -> String {
    guard let value = testEnvironment[name], !value.isEmpty else {
        throw ServiceUnavailable(description: "\(name) is not set (eval \"$(scripts/test-services env)\")")
    }
    return value
}

import AsyncSupport
import Foundation
import Synchronization
public import Testing

/// The routers that a suite runs on: somebody else's, and this package's own.
public enum RouterUnderTest: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case crossbar
    case embedded

    public var testDescription: String { rawValue }

    /// Runs the body with a router of static accounts (test-environment.md 9). Skips or fails as the services demand.
    public func with<R>(_ body: (RunningRouter) async throws -> R) async throws -> R {
        switch self {
        case .crossbar:
            try await requireService("crossbar")
            return try await body(RunningRouter(url: TestEnvironment["TEST_WAMP_WS"], process: nil))
        case .embedded:
            let router = try await RunningRouter.embedded()
            do {
                let result = try await body(router)
                router.end()
                return result
            } catch {
                router.end()
                throw error
            }
        }
    }
}

/// A router with the accounts of the tests: `2-3` and `7-3` (devices), `system` and `42` (backend).
public final class RunningRouter: Sendable {
    public static let realm = "realm1"
    public static let deviceSecret = "secret-1"
    public static let backendAuthID = "system"
    public static let backendSecret = "backend-secret"
    public static let userSecret = "user-secret"

    public let url: String
    public var name: String { isEmbedded ? "embedded" : "crossbar" }
    private let process: Mutex<TestProcess?>
    private let isEmbedded: Bool

    fileprivate init(url: String, process: TestProcess?) {
        self.url = url
        isEmbedded = process != nil
        self.process = Mutex(process)
    }

    fileprivate static func embedded() async throws -> RunningRouter {
        let port = try freePort()
        let router = RunningRouter(url: "ws://127.0.0.1:\(port)/ws-re-dev", process: try launch(port))
        try await router.waitUntilListening()
        return router
    }

    private static func launch(_ port: Int) throws -> TestProcess {
        try TestProcess(
            Workspace.program("testrouter"),
            [
                "\(port)", "2-3:device:\(deviceSecret)", "7-3:device:\(deviceSecret)",
                "\(backendAuthID):backend:\(backendSecret)", "42:backend:\(userSecret)",
            ])
    }

    private func waitUntilListening() async throws {
        let process = try #require(process.withLock { $0 })
        let isUp = await eventually { process.text.contains("listening on \(url)\n") || !process.isRunning }
        try #require(isUp && process.isRunning, "the router does not listen: \(process.text)")
    }

    /// Ends the router at once, as kill -9 does.
    public func kill() async throws {
        guard isEmbedded else {
            try await TestEnvironment.shell("scripts/test-services kill crossbar")
            return
        }
        let process = process.withLock { $0 }
        process?.signal(SIGKILL)
        _ = await process?.waitForExit()
    }

    /// Starts it again at the same address.
    public func start() async throws {
        guard isEmbedded else {
            let up = try await TestEnvironment.shell("scripts/test-services up crossbar")
            #expect(up.status == 0, "\(up.output)")
            return
        }
        let port = url.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        let fresh = try Self.launch(port)
        process.withLock { $0 = fresh }
        try await waitUntilListening()
    }

    fileprivate func end() { process.withLock { $0 }?.signal(SIGKILL) }
}

/// A port of loopback that nobody uses now.
public func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw ServiceUnavailable(description: "no socket") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
        }
    }
    guard result == 0 else { throw ServiceUnavailable(description: "no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
}

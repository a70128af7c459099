import AsyncSupport
import AsyncTestKit
import DeviceProtocol
import Foundation
import StudioCore
import Synchronization
import Testing
import Values
import WAMP
import WAMPClient

@testable import StudioServer

/// A studio on a real database file, called as the router would call it.
struct Bench {
    let directory: String
    let time = ManualTime()
    let outlet = RecordingOutlet()
    let studio: Studio
    private let store: StudioStore

    static let settings = StudioSettings(routerURL: "ws://router/ws", deviceURL: "ws://device/ws", realm: "realm1")
    static let system = Who(authID: "system", role: "backend")
    static let commandLine = Who(authID: "operator", role: "operator")
    static let router = Who(authID: "routerworker-worker001-realm-realm001-serviceagent", role: "trusted")
    static let stranger = Who(authID: "42", role: "backend")

    /// What the router discloses of a caller.
    struct Who: Sendable, CustomTestStringConvertible {
        var authID: String?
        var role: String?
        var forwarded = false

        static func device(_ key: UInt64, swarm: UInt64 = 1) -> Who { Who(authID: "\(swarm)-\(key)", role: "device") }

        var details: Object {
            var details: Object = ["caller": 4711, "publisher": 4711]
            for side in ["caller", "publisher"] {
                details["\(side)_authid"] = authID.map(Value.string)
                details["\(side)_authrole"] = role.map(Value.string)
            }
            if forwarded { details["forward_for"] = [["session": 1, "authid": "system", "authrole": "trusted"]] }
            return details
        }

        var testDescription: String { (authID ?? "undisclosed") + (forwarded ? ", forwarded" : "") }
    }

    private init(directory: String) async throws {
        self.directory = directory
        store = try await StudioStore(path: Self.database(in: directory))
        studio = Studio(store: store, settings: Self.settings, time: time)
        await studio.use(outlet)
    }

    static func database(in directory: String) -> String { directory + "/studio.db" }

    /// Runs the body with a fresh directory.
    static func inDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let directory = NSTemporaryDirectory() + "studio-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        return try await body(directory)
    }

    /// Runs the body with a studio on the directory's file, which is closed afterwards.
    static func open<Result>(_ directory: String, _ body: (Bench) async throws -> Result) async throws -> Result {
        let bench = try await Bench(directory: directory)
        let result: Result
        do {
            result = try await body(bench)
        } catch {
            await bench.store.close()
            throw error
        }
        await bench.store.close()
        return result
    }

    static func with<Result>(_ body: (Bench) async throws -> Result) async throws -> Result {
        try await inDirectory { try await open($0, body) }
    }

    // MARK: Calling

    /// Calls a procedure through its handler and returns the positional results.
    @discardableResult
    func call(_ procedure: String, _ args: [Value], as who: Who) async throws -> [Value] {
        let procedures = StudioProcedures(studio: studio)
        let answer = try #require(procedures.all.first { $0.name == procedure }?.answer)
        let invocation = Invocation(args: args, details: who.details, procedure: procedure)
        return try await procedures.handler(answer)(invocation).args
    }

    /// The error URI of a call that fails; nil when it succeeds.
    func error(_ procedure: String, _ args: [Value], as who: Who) async throws -> String? {
        do {
            try await call(procedure, args, as: who)
            return nil
        } catch let error as WAMPError {
            #expect(error.code == .application && error.args.first?.string?.isEmpty == false)
            return error.uri
        }
    }

    /// Enrols a device and returns its identity file.
    @discardableResult
    func enrol(_ name: String = "kiosk") async throws -> Value {
        try await call(OperatorProcedures.addDevice, [["name": .string(name)]], as: Bench.system)[0]
    }

    func run(_ image: String, name: String? = nil, on device: String = "kiosk", environment: Object = [:]) async throws
    {
        let request: Value = [
            "device": .string(device), "image": .string(image), "name": name.map(Value.string) ?? .null,
            "environment": .object(environment),
        ]
        try await call(OperatorProcedures.runApp, [request], as: Bench.system)
    }

    func aim(_ target: String, app: String = "hello", on device: String = "kiosk") async throws {
        let request: Value = ["device": .string(device), "app": .string(app), "target": .string(target)]
        try await call(OperatorProcedures.setTarget, [request], as: Bench.system)
    }

    func report(_ state: String, app: UInt64 = 1, device: UInt64 = 1, stage: String = "PROD") async throws {
        let report: Value = [
            "app_key": .integer(app), "device_key": .integer(device), "stage": .string(stage), "state": .string(state),
        ]
        try await call(BackendProcedure.updateAppOnDevice, [report], as: .device(device))
    }

    func status(_ status: String, session: UInt64, device: UInt64 = 1) async throws {
        let report: Value = [
            "device_key": .integer(device), "status": .string(status), "wamp_session_id": .integer(session),
            "stats": [:],
        ]
        try await call(BackendProcedure.updateDeviceStatus, [report], as: .device(device))
    }

    func testament(_ args: [Value], as who: Who) async throws {
        let event = Event(
            publication: 1, topic: BackendProcedure.testamentDevice, args: args, details: who.details)
        try await StudioProcedures(studio: studio).noteTestament(event)
    }

    /// One app of `studio.app.list`.
    func app(_ name: String = "hello", on device: String = "kiosk") async throws -> Value? {
        let found = try await call(OperatorProcedures.listApps, [["device": .string(device)]], as: Bench.system)[0]
        return found["apps"]?.array?.first { $0["name"]?.string == name }
    }

    func device(_ name: String = "kiosk") async throws -> Value {
        let devices = try await call(OperatorProcedures.listDevices, [], as: Bench.system)[0].array ?? []
        return try #require(devices.first { $0["name"]?.string == name })
    }

    /// The rows that the device is given.
    func rows(device: UInt64 = 1) async throws -> [Value] {
        let rows = try await call(
            BackendProcedure.getRequestedAppStates, [["device_key": .integer(device)]], as: .device(device))[0]
        return try #require(rows.array)
    }
}

/// Remembers what the studio sends.
final class RecordingOutlet: Studio.Outlet {
    struct Request: Sendable, Equatable {
        var device: String
        var payload: Object
    }

    private struct Memory {
        var requests: [Request] = []
        var changes: [Studio.Change] = []
        var presence: [String: Bool?] = [:]
        var history: [String: [String]?] = [:]
    }

    private let memory = Mutex(Memory())

    var requests: [Request] { memory.withLock { $0.requests } }
    var targets: [String] { requests.compactMap { $0.payload["target_state"]?.string } }
    var changes: [Studio.Change] { memory.withLock { $0.changes } }
    func forget() { memory.withLock { $0 = Memory() } }
    /// What the router says of a device; unless set it does not answer.
    func setPresence(_ isPresent: Bool?, of device: String) { memory.withLock { $0.presence[device] = isPresent } }

    func request(_ payload: Object, of device: Device) async {
        memory.withLock { $0.requests.append(Request(device: device.name, payload: payload)) }
        await Task.yield()
    }

    func announce(_ change: Studio.Change) async { memory.withLock { $0.changes.append(change) } }

    /// What devices have stored of a log; nil: the device does not answer.
    func setHistory(_ lines: [String]?, of log: String) { memory.withLock { $0.history[log] = .some(lines) } }

    func logHistory(_ log: String, of device: Device) async throws(StudioError) -> [String] {
        guard let lines = memory.withLock({ $0.history[log] ?? [] }) else {
            throw StudioError(.unavailable, "device “\(device.name)” did not answer")
        }
        return lines
    }

    func isPresent(_ device: Device) async -> Bool? { memory.withLock { $0.presence[device.name] ?? nil } }
}

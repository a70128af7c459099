import Synchronization
public import Values
public import WAMPClient

/// Plays the vendor's backend with this project's client: answers what an agent calls and remembers what it tells.
public final class ScriptedBackend: Sendable {
    /// One state report.
    public struct Report: Sendable, Equatable {
        public var appKey: UInt64
        public var state: String
        public var updateStatus: String
        public var payload: Object
    }

    private struct Memory {
        var reports: [Report] = []
        var statuses: [String] = []
        var requested: [Value]? = []
        var privileged: Set<UInt64> = [42]
        var calls: [String] = []
        var ports: [UInt64: Value] = [:]
    }

    private let memory = Mutex(Memory())
    public let swarmKey: UInt64
    public let deviceKey: UInt64

    public init(swarmKey: UInt64 = 2, deviceKey: UInt64 = 3) {
        self.swarmKey = swarmKey
        self.deviceKey = deviceKey
    }

    public var reports: [Report] { memory.withLock { $0.reports } }
    public var statuses: [String] { memory.withLock { $0.statuses } }
    /// Names of the procedures called, in order.
    public var calls: [String] { memory.withLock { $0.calls } }
    /// The list of port rules that an app's device reported last.
    public func ports(of appKey: UInt64) -> [Value] { memory.withLock { $0.ports[appKey]?.array ?? [] } }
    public func states(of appKey: UInt64) -> [String] { reports.filter { $0.appKey == appKey }.map(\.state) }
    public func forgetReports() { memory.withLock { $0.reports = [] } }
    public func forgetStatuses() { memory.withLock { $0.statuses = [] } }
    /// What `get_requested_app_states` answers; nil answers `null` (P1).
    public func setRequested(_ rows: [Value]?) { memory.withLock { $0.requested = rows } }

    /// Registers the backend's procedures in a session.
    public func serve(_ session: WAMPSession) async throws {
        for (name, answer) in answers {
            _ = try await session.register(name, options: ["force_reregister": true]) { [self] invocation in
                memory.withLock { $0.calls.append(name) }
                return Reply(try answer(invocation.args))
            }
        }
    }

    private typealias Answer = @Sendable ([Value]) throws -> [Value]

    private var answers: [(String, Answer)] {
        [
            ("reswarm.devices.read_device_metadata", { [self] _ in [metadata] }),
            ("reswarm.devices.update_device_status", { [self] in note(status: $0.first ?? .null) }),
            ("reswarm.devices.update_device_architecture", { _ in [.null] }),
            ("reswarm.devices.get_app_cred_key", { _ in ["5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f"] }),
            (
                "reswarm.devices.check_privilege",
                { [self] args in
                    let account = LenientInteger.unsigned(args.first?["requestor_account_key"] ?? .null) ?? 0
                    return [.bool(memory.withLock { $0.privileged.contains(account) })]
                }
            ),
            (
                "reswarm.containers.get_requested_app_states",
                { [self] _ in [memory.withLock { $0.requested }.map(Value.array) ?? .null] }
            ),
            ("reswarm.containers.update_app_on_device", { [self] in note(report: $0.first ?? .null) }),
            ("reswarm.containers.get_registry_token", { _ in ["registry-token-0123456789"] }),
        ]
    }

    private var metadata: Value {
        [
            "device_key": .integer(deviceKey), "device_name": "device-b", "swarm_key": .integer(swarmKey),
            "swarm_name": "demo_swarm", "ownername": "marko", "status": "DISCONNECTED",
        ]
    }

    private func note(status: Value) -> [Value] {
        memory.withLock { $0.statuses.append(status["status"]?.string ?? "?") }
        return [["reswarmBaseURL": "https://studio.example.test"]]
    }

    private func note(report: Value) -> [Value] {
        let key = LenientInteger.unsigned(report["app_key"] ?? .null) ?? 0
        if let ports = report["ports"] { memory.withLock { $0.ports[key] = ports } }
        guard let state = report["state"]?.string, let payload = report.object else { return [.null] }
        let entry = Report(
            appKey: key, state: state, updateStatus: report["updateStatus"]?.string ?? "?", payload: payload)
        memory.withLock { memory in
            memory.reports.append(entry)
            // Like the vendor's backend: an app that is gone as wished is not wanted any more.
            guard ["REMOVED", "UNINSTALLED"].contains(state) else { return }
            memory.requested?.removeAll { row in
                LenientInteger.unsigned(row["app_key"] ?? .null) == key && row["target_state"]?.string == state
            }
        }
        return [.null]
    }

    /// A request as recorded, single container, PROD.
    public func request(
        _ target: String, appKey: UInt64, name: String, image: String? = nil, version: String = "1.0.0",
        environment: Object = ["GREETING": ["value": "hello"]]
    ) -> Object {
        var payload: Object = [
            "app_key": .integer(appKey), "app_name": .string(name), "stage": "PROD", "target_state": .string(target),
            "current_state": "PRESENT", "manually_requested_state": .string(target), "release_key": 11,
            "new_release_key": 11, "requestor_account_key": 42, "device_owner_account_key": 42,
            "device_key": .integer(deviceKey), "swarm_key": .integer(swarmKey), "device_to_app_key": 101,
            "present_version": .string(version), "newest_version": .string(version), "version": .string(version),
            "request_update": false, "environment": .object(environment),
            "environment_template": ["MODE": ["defaultValue": "demo"]], "ports": [], "app_cred_epoch": 1,
        ]
        if let image { payload["image"] = .string(image) }
        return payload
    }
}

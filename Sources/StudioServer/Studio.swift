import AsyncSupport
import DeviceProtocol
import StudioCore
import Values

/// The backend's behaviour: what devices ask and tell. What operators want is in `Studio+Operators`.
///
/// It knows nothing of WAMP: ``StudioProcedures`` binds it to the router. Every decision is one transaction of the
/// ``StudioStore``; between two of them the actor may serve somebody else.
actor Studio {
    /// The way to the devices and to whoever watches.
    protocol Outlet: Sendable {
        /// Sends a request to a device; a device that is away gets its wishes when it connects.
        func request(_ payload: Object, of device: Device) async
        /// Tells the watchers.
        func announce(_ change: Change) async
        /// Whether the device is joined at the router; nil when the router did not answer.
        func isPresent(_ device: Device) async -> Bool?
        /// The stored lines of a log; none when the device is away.
        func logHistory(_ log: String, of device: Device) async throws(StudioError) -> [String]
    }

    /// Something that an operator may want to see as it happens.
    enum Change: Sendable, Equatable {
        case device(name: String, status: DeviceStatus)
        case app(device: String, name: String, state: AppState)
    }

    private struct AppID: Hashable {
        var device: UInt64
        var app: UInt64
    }

    let store: StudioStore
    nonisolated let settings: StudioSettings
    private let registry: JoinRegistry
    private let time: any TimeSource
    private var outlet: (any Outlet)?
    private var board = SessionBoard()
    /// Apps whose wish is on its way to their device; true when it must be sent once more.
    private var telling: [AppID: Bool] = [:]

    init(store: StudioStore, settings: StudioSettings, time: any TimeSource) {
        self.store = store
        self.settings = settings
        registry = JoinRegistry(store: store, realm: settings.realm, swarmKey: settings.swarmKey)
        self.time = time
    }

    /// Connects the way out; nil while there is no session, when nobody tells who comes and goes either.
    func use(_ outlet: (any Outlet)?) {
        self.outlet = outlet
        if outlet == nil { board = SessionBoard() }
    }

    // MARK: What the router asks

    /// The secret of a device that may join, by its router identity (test-environment.md 9).
    func secret(ofAuthID authID: String, realm: String) async throws(StudioError) -> String {
        try await registry.device(authID: authID, realm: realm).secret
    }

    // MARK: What devices ask

    func metadata(of key: UInt64) async throws(StudioError) -> Object {
        let device = try await store.read { tables throws(StudioError) in try tables.device(key: key) }
        return [
            "device_key": .integer(device.key), "device_name": .string(device.name),
            "swarm_key": .integer(device.swarmKey), "swarm_name": .string(settings.swarmName),
            "ownername": .string(settings.ownerName), "status": .string(device.status.rawValue),
        ]
    }

    /// The key that app credentials of one device are derived from (app-lifecycle.md 3.2): made once, kept for ever.
    func credentialKey(of key: UInt64) async throws(StudioError) -> String {
        try await store.write { tables throws(StudioError) in
            let device = try tables.device(key: key)
            return try tables.setting("credential-key-\(device.key)") {
                var random = SystemRandomNumberGenerator()
                return Enrolment.hexadecimal(bytes: 32, using: &random)
            }
        }
    }

    /// The rows of `get_requested_app_states`.
    func requestedApps(of key: UInt64) async throws(StudioError) -> [Value] {
        try await store.read { tables throws(StudioError) in
            let device = try tables.device(key: key)
            return try tables.apps(of: key).map { .object($0.payload(for: device)) }
        }
    }

    // MARK: What devices tell

    func noteStatus(_ status: DeviceStatus, of key: UInt64, session: UInt64?) async throws(StudioError) {
        let now = time.wall.rfc3339UTC(fraction: false)
        let before = try await change(device: key) { device in
            device.status = status
            device.sessionID = session
            device.lastSeen = now
            return true
        }
        if let before, before.status != status { await announce(.device(name: before.name, status: status)) }
    }

    func noteArchitecture(
        _ architecture: String, system: String, version: String, of key: UInt64
    ) async throws(StudioError) {
        _ = try await change(device: key) { device in
            device.architecture = architecture
            device.operatingSystem = system
            device.agentVersion = version
            return true
        }
    }

    /// A testament: the device's session ended. One of an older session says nothing about the current one.
    func noteTestament(of key: UInt64, session: UInt64) async throws(StudioError) {
        try await noteGone(key) { $0.sessionID == session }
    }

    /// Asks the router which devices are joined: testaments are lost while the studio is away. A device that is there
    /// and counted as gone reports by itself, with its next heartbeat.
    func refreshPresence() async throws(StudioError) {
        guard let outlet else { return }
        let devices = try await store.read { tables throws(StudioError) in try tables.devices() }
        for device in devices where device.status != .disconnected {
            guard await outlet.isPresent(device) == false else { continue }
            // It may have come, and reported, since the question.
            try await noteGone(device.key) { $0.sessionID == device.sessionID && $0.lastSeen == device.lastSeen }
        }
    }

    private func noteGone(_ key: UInt64, if applies: @Sendable (Device) -> Bool) async throws(StudioError) {
        let before = try await change(device: key) { device in
            guard applies(device) else { return false }
            device.status = .disconnected
            device.sessionID = nil
            return true
        }
        guard let before, before.status != .disconnected else { return }
        await announce(.device(name: before.name, status: .disconnected))
    }

    /// Changes a device in one transaction; returns it as it was, or nil when the body wanted no change.
    private func change(
        device key: UInt64, _ body: @Sendable (inout Device) -> Bool
    ) async throws(StudioError) -> Device? {
        try await store.write { tables throws(StudioError) in
            let before = try tables.device(key: key)
            var device = before
            guard body(&device) else { return nil }
            try tables.update(device)
            return before
        }
    }

    /// Takes a state report. One about an app that is not wanted (any more) changes nothing.
    func noteReport(_ state: AppState, ofApp appKey: UInt64, on key: UInt64) async throws(StudioError) {
        let noted = try await store.write { tables throws(StudioError) -> (app: String, device: String, tell: Bool)? in
            let device = try tables.device(key: key)
            guard let app = try tables.app(key: appKey, on: key) else { return nil }
            switch ReportOutcome.of(state, for: app) {
            case .noted(let changed):
                try tables.save(changed)
                return (app.name, device.name, false)
            case .askAgain(let changed), .restart(let changed):
                try tables.save(changed)
                return (app.name, device.name, true)
            case .gone:
                try tables.deleteApp(key: appKey, on: key)
                return (app.name, device.name, false)
            }
        }
        guard let noted else { return }
        await announce(.app(device: noted.device, name: noted.app, state: state))
        if noted.tell { try await tell(appKey, on: key) }
    }

    // MARK: What the router tells

    /// A session of a device was joined; returns how many the device has now, nil for everybody else.
    func noteJoin(session: UInt64, authID: String) -> Int? {
        guard let (swarm, key) = Caller.keys(ofDevice: authID), swarm == settings.swarmKey else { return nil }
        return board.joined(session: session, device: key)
    }

    func noteLeave(session: UInt64) { board.left(session: session) }

    /// How many sessions of a device are joined, as far as the router told.
    func sessions(of key: UInt64) -> Int { board.count(of: key) }

    // MARK: The way out

    /// What devices are asked on behalf of operators.
    func history(_ log: String, of device: Device) async throws(StudioError) -> [String] {
        guard let outlet else { throw StudioError(.unavailable, "the studio has no session with its router") }
        return try await outlet.logHistory(log, of: device)
    }

    private func announce(_ change: Change) async { await outlet?.announce(change) }

    /// Sends a device the newest wish for an app. One request per app is under way at a time, and each is read when it
    /// is sent: an older wish never arrives after a newer one. Who comes meanwhile leaves it to the one that sends.
    func tell(_ appKey: UInt64, on deviceKey: UInt64) async throws(StudioError) {
        let id = AppID(device: deviceKey, app: appKey)
        guard telling[id] == nil else {
            telling[id] = true
            return
        }
        defer { telling[id] = nil }
        repeat {
            telling[id] = false
            let wish = try await store.read { tables throws(StudioError) -> (Device, DesiredApp)? in
                guard let app = try tables.app(key: appKey, on: deviceKey) else { return nil }
                return (try tables.device(key: deviceKey), app)
            }
            guard let outlet, let (device, app) = wish else { return }
            await outlet.request(app.payload(for: device), of: device)
        } while telling[id] == true
    }
}

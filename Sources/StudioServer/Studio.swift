public import AsyncSupport
public import DeviceProtocol
public import StudioCore
public import Values

/// The backend's behaviour: what devices ask and tell, and what operators want. One actor, one decision at a time.
///
/// It knows nothing of WAMP: ``StudioProcedures`` binds it to the router.
public actor Studio {
    /// The way to the devices and to whoever watches.
    public protocol Outlet: Sendable {
        /// Sends a request to a device; a device that is away gets its wishes when it connects.
        func request(_ payload: Object, of device: Device) async
        /// Tells the watchers.
        func announce(_ change: Change) async
    }

    /// Something that an operator may want to see as it happens.
    public enum Change: Sendable, Equatable {
        case device(name: String, status: DeviceStatus)
        case app(device: String, name: String, state: AppState)
    }

    private let store: StudioStore
    private let settings: StudioSettings
    private let time: any TimeSource
    private var outlet: (any Outlet)?

    public init(store: StudioStore, settings: StudioSettings, time: any TimeSource) {
        self.store = store
        self.settings = settings
        self.time = time
    }

    /// Connects the way out; nil while there is no session.
    public func use(_ outlet: (any Outlet)?) { self.outlet = outlet }

    // MARK: What devices ask

    /// The secret of a device that may join, by its router identity (test-environment.md 9).
    public func secret(ofAuthID authID: String) async throws -> String {
        guard case .device(let swarm, let key) = Caller(authID: authID), let device = try await store.device(key: key),
            device.swarmKey == swarm
        else { throw StudioError(.noSuchDevice, "no device with this identity is enrolled") }
        return device.secret
    }

    public func metadata(of key: UInt64) async throws -> Object {
        let device = try await known(key)
        return [
            "device_key": .integer(device.key), "device_name": .string(device.name),
            "swarm_key": .integer(device.swarmKey), "swarm_name": .string(settings.swarmName),
            "ownername": .string(settings.ownerName), "status": .string(device.status.rawValue),
        ]
    }

    /// The key that app credentials of one device are derived from (app-lifecycle.md 3.2).
    public func credentialKey(of key: UInt64) async throws -> String {
        _ = try await known(key)
        return try await store.setting("credential-key-\(key)") {
            var random = SystemRandomNumberGenerator()
            return Enrolment.hexadecimal(bytes: 32, using: &random)
        }
    }

    public func requestedApps(of key: UInt64) async throws -> [Value] {
        let device = try await known(key)
        return try await store.apps(of: key).map { .object($0.payload(for: device)) }
    }

    // MARK: What devices tell

    public func noteStatus(_ status: DeviceStatus, of key: UInt64, session: UInt64?) async throws {
        var device = try await known(key)
        let changed = device.status != status
        device.status = status
        device.sessionID = session
        device.lastSeen = time.wall.rfc3339UTC(fraction: false)
        try await store.update(device)
        if changed { await outlet?.announce(.device(name: device.name, status: status)) }
    }

    public func noteArchitecture(_ architecture: String, system: String, version: String, of key: UInt64) async throws {
        var device = try await known(key)
        device.architecture = architecture
        device.operatingSystem = system
        device.agentVersion = version
        try await store.update(device)
    }

    /// A testament: the device's session ended. A testament of an older session says nothing about the current one.
    public func noteTestament(of key: UInt64, session: UInt64?) async throws {
        let device = try await known(key)
        guard session == nil || device.sessionID == session else { return }
        try await noteStatus(.disconnected, of: key, session: nil)
    }

    public func noteReport(_ state: AppState, ofApp appKey: UInt64, on key: UInt64) async throws {
        let device = try await known(key)
        guard let app = try await store.app(key: appKey, on: key) else { return }
        switch ReportOutcome.of(state, for: app) {
        case .noted(let app):
            try await store.save(app)
        case .restart(let app):
            try await store.save(app)
            await outlet?.request(app.payload(for: device), of: device)
        case .gone:
            try await store.deleteApp(key: appKey, on: key)
        }
        await outlet?.announce(.app(device: device.name, name: app.name, state: state))
    }

    // MARK: What operators want

    public func addDevice(name: String) async throws -> Object {
        try Enrolment.check(name: name)
        let swarm = settings.swarmKey
        let device = try await store.addDevice { key in
            var random = SystemRandomNumberGenerator()
            return (try? Enrolment.device(name: name, key: key, swarmKey: swarm, using: &random))
                ?? Device(key: key, swarmKey: swarm, name: name, serialNumber: "", secret: "")
        }
        guard let device else { throw StudioError(.alreadyExists, "there is a device named “\(name)” already") }
        return Enrolment.identity(
            of: device, swarmName: settings.swarmName, ownerName: settings.ownerName,
            endpoint: settings.deviceURL)
    }

    public func devices() async throws -> [Device] { try await store.devices() }

    public func runApp(_ form: AppRequestForm, on name: String) async throws -> DesiredApp {
        let device = try await known(name)
        let key = try await store.appKey(of: form.name)
        var app =
            try await store.app(named: form.name, on: device.key)
            ?? DesiredApp(deviceKey: device.key, appKey: key, name: form.name, target: .running, image: form.image)
        let changed = app.image != form.image || app.environment != form.environment
        let isUp = [.running, .starting, .failed].contains(app.reported)
        if app.image != form.image { app.releaseKey += 1 }
        app.target = .running
        app.image = form.image
        app.environment = form.environment
        app.restartPending = app.restartPending || (changed && isUp)
        try await store.save(app)
        await outlet?.request(app.payload(for: device), of: device)
        return app
    }

    /// Stops, removes or uninstalls an app.
    public func setTarget(_ target: AppState, ofApp appName: String, on name: String) async throws -> DesiredApp {
        let device = try await known(name)
        guard var app = try await store.app(named: appName, on: device.key) else {
            throw StudioError(.noSuchApp, "device “\(name)” has no app named “\(appName)”")
        }
        app.target = target
        app.restartPending = false
        try await store.save(app)
        await outlet?.request(app.payload(for: device), of: device)
        return app
    }

    public func apps(on name: String) async throws -> (device: Device, apps: [DesiredApp]) {
        let device = try await known(name)
        return (device, try await store.apps(of: device.key))
    }

    // MARK: Looking up

    private func known(_ key: UInt64) async throws -> Device {
        guard let device = try await store.device(key: key) else {
            throw StudioError(.noSuchDevice, "no device has the key \(key)")
        }
        return device
    }

    private func known(_ name: String) async throws -> Device {
        guard let device = try await store.device(named: name) else {
            throw StudioError(.noSuchDevice, "there is no device named “\(name)”")
        }
        return device
    }
}

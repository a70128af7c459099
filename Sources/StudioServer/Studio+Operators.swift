import DeviceProtocol
import StudioCore
import Values

/// What operators want.
extension Studio {
    /// Enrols a device and returns its identity file.
    func addDevice(name: String) async throws(StudioError) -> Object {
        let swarm = settings.swarmKey
        let device = try await store.write { tables throws(StudioError) in
            var random = SystemRandomNumberGenerator()
            let device = try Enrolment.device(
                name: name, key: tables.nextDeviceKey(), swarmKey: swarm, using: &random)
            try tables.insert(device)
            return device
        }
        return Enrolment.identity(
            of: device, swarmName: settings.swarmName, ownerName: settings.ownerName, endpoint: settings.deviceURL)
    }

    func devices() async throws(StudioError) -> [Device] {
        try await store.read { tables throws(StudioError) in try tables.devices() }
    }

    /// Runs an app; one that is wanted already gets the new settings.
    func runApp(_ form: AppRequestForm, on name: String) async throws(StudioError) -> DesiredApp {
        let app = try await store.write { tables throws(StudioError) in
            let device = try tables.device(named: name)
            let app: DesiredApp
            if let known = try tables.app(named: form.name, on: device.key) {
                app = known.running(form)
            } else {
                app = DesiredApp(
                    deviceKey: device.key, appKey: try tables.appKey(of: form.name), name: form.name, target: .running,
                    image: form.image, environment: form.environment)
            }
            try tables.save(app)
            return app
        }
        try await tell(app.appKey, on: app.deviceKey)
        return app
    }

    /// Stops, removes or uninstalls an app.
    func setTarget(_ target: AppState, ofApp appName: String, on name: String) async throws(StudioError) -> DesiredApp {
        let app = try await store.write { tables throws(StudioError) in
            let device = try tables.device(named: name)
            guard let app = try tables.app(named: appName, on: device.key)?.aiming(at: target) else {
                throw StudioError(.noSuchApp, "device “\(device.name)” has no app named “\(appName)”")
            }
            try tables.save(app)
            return app
        }
        try await tell(app.appKey, on: app.deviceKey)
        return app
    }

    func apps(on name: String) async throws(StudioError) -> (device: Device, apps: [DesiredApp]) {
        try await store.read { tables throws(StudioError) in
            let device = try tables.device(named: name)
            return (device, try tables.apps(of: device.key))
        }
    }

    /// The stored lines of an app's log.
    func logHistory(ofApp appName: String, on name: String) async throws(StudioError) -> [String] {
        let (device, app) = try await store.read { tables throws(StudioError) in
            let device = try tables.device(named: name)
            guard let app = try tables.app(named: appName, on: device.key) else {
                throw StudioError(.noSuchApp, "device “\(device.name)” has no app named “\(appName)”")
            }
            return (device, app)
        }
        return try await history(app.logName, of: device)
    }
}

public import DeviceProtocol
public import Values

/// What the operator wants of one app on one device, and what the device last said of it.
public struct DesiredApp: Sendable, Equatable {
    public var deviceKey: UInt64
    public var appKey: UInt64
    public var name: String
    public var target: AppState
    /// The state that the device last reported.
    public var reported: AppState
    /// Full image reference, sent as the optional key `image` (docs/wire.md).
    public var image: String
    public var environment: [String: String]
    public var releaseKey: UInt64
    /// Settings changed while the app runs: it is stopped first, which removes its container, then started anew.
    public var restartPending: Bool

    public init(
        deviceKey: UInt64, appKey: UInt64, name: String, target: AppState, reported: AppState = .removed,
        image: String, environment: [String: String] = [:], releaseKey: UInt64 = 1, restartPending: Bool = false
    ) {
        self.deviceKey = deviceKey
        self.appKey = appKey
        self.name = name
        self.target = target
        self.reported = reported
        self.image = image
        self.environment = environment
        self.releaseKey = releaseKey
        self.restartPending = restartPending
    }

    /// The app as it is wanted after `studio app run`.
    ///
    /// A container keeps the image and the environment that it was made with. So when they change and a container may
    /// be there, the app is stopped first, which removes it.
    public func running(_ form: AppRequestForm) -> DesiredApp {
        var app = self
        let hasChanged = image != form.image || environment != form.environment
        let mayHaveContainer = ![.removed, .uninstalled, .present].contains(reported)
        if image != form.image { app.releaseKey += 1 }
        app.image = form.image
        app.environment = form.environment
        app.target = .running
        app.restartPending = restartPending || (hasChanged && mayHaveContainer)
        return app
    }

    /// The app with another target, which replaces a restart under way.
    public func aiming(at target: AppState) -> DesiredApp {
        var app = self
        app.target = target
        app.restartPending = false
        return app
    }

    /// The target that the device is told now.
    public var targetOnTheWire: AppState { restartPending ? .present : target }

    /// Name and version as the device derives the log name and as people see it: the tag of the image.
    public var version: String {
        let last = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard !last.contains("@"), let colon = last.lastIndex(of: ":") else { return "latest" }
        return String(last[last.index(after: colon)...])
    }

    /// `reswarm.logs.<serial>.<log name>`: the part after the serial (app-lifecycle.md 1.1).
    public var logName: String { "prod_\(appKey)_\(name)".lowercased() }

    /// The payload of `request_app_state` and of a row of `get_requested_app_states` (app-lifecycle.md 1.3).
    public func payload(for device: Device) -> Object {
        [
            "app_key": .integer(appKey), "app_name": .string(name), "stage": "PROD",
            "target_state": .string(targetOnTheWire.rawValue),
            "current_state": .string(reported.rawValue),
            "manually_requested_state": .string(targetOnTheWire.rawValue),
            "release_key": .integer(releaseKey), "new_release_key": .integer(releaseKey),
            "requestor_account_key": .integer(Accounts.owner), "device_owner_account_key": .integer(Accounts.owner),
            "device_key": .integer(device.key), "swarm_key": .integer(device.swarmKey),
            "serial_number": .string(device.serialNumber), "device_to_app_key": 0,
            "present_version": .string(version), "newest_version": .string(version), "version": .string(version),
            "request_update": false,
            "environment": .object(
                Object(environment.sorted { $0.key < $1.key }.map { ($0.key, ["value": .string($0.value)]) })),
            "environment_template": [:], "ports": [], "app_cred_epoch": 1, "image": .string(image),
        ]
    }
}

/// Account numbers of this studio: there is one owner.
public enum Accounts {
    public static let owner: UInt64 = 1
}

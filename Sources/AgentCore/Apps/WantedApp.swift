public import DeviceProtocol
public import Values

/// What the backend wants of an app: one row of `RequestedAppStates` (app-lifecycle.md 1.3, 1.6).
///
/// Free-form parts stay `Value`s so that unknown keys live on and "absent", `null` and "wrong type" stay apart.
public struct WantedApp: Sendable, Equatable {
    public var id: AppID
    public var name: String
    /// The target, normalised (1.5). Column `manually_requested_state`.
    public var target: AppState
    /// The backend's view of the current state; `removed` when it has none (P29).
    public var currentState: AppState
    /// The version to publish; stored on insert only.
    public var version: String
    public var presentVersion: String
    public var newestVersion: String
    public var environment: Value
    public var environmentTemplate: Value
    public var ports: Value
    public var dockerCompose: Value
    public var newDockerCompose: Value
    public var releaseKey: UInt64
    public var newReleaseKey: UInt64
    public var requestUpdate: Bool
    public var requestorAccountKey: UInt64
    public var deviceOwnerAccountKey: UInt64

    // Ours, in nullable columns of our own (docs/wire.md).

    /// A full image reference in place of the derived one; nil means the WIRE rule.
    public var image: String?
    /// Highest credential epoch seen; never lowered (P10).
    public var credentialEpoch: UInt64?
    public var instanceKey: UInt64?
    /// Nil for all rights on the device.
    public var privileges: ContainerPrivileges?

    public init(
        id: AppID, name: String, target: AppState, currentState: AppState = .removed, version: String = "",
        presentVersion: String = "", newestVersion: String = "", environment: Value = .null,
        environmentTemplate: Value = .null, ports: Value = .null, dockerCompose: Value = .null,
        newDockerCompose: Value = .null, releaseKey: UInt64 = 0, newReleaseKey: UInt64 = 0,
        requestUpdate: Bool = false, requestorAccountKey: UInt64 = 0, deviceOwnerAccountKey: UInt64 = 0,
        image: String? = nil, credentialEpoch: UInt64? = nil, instanceKey: UInt64? = nil,
        privileges: ContainerPrivileges? = nil
    ) {
        self.id = id
        self.name = name
        self.target = target
        self.currentState = currentState
        self.version = version
        self.presentVersion = presentVersion
        self.newestVersion = newestVersion
        self.environment = environment
        self.environmentTemplate = environmentTemplate
        self.ports = ports
        self.dockerCompose = dockerCompose
        self.newDockerCompose = newDockerCompose
        self.releaseKey = releaseKey
        self.newReleaseKey = newReleaseKey
        self.requestUpdate = requestUpdate
        self.requestorAccountKey = requestorAccountKey
        self.deviceOwnerAccountKey = deviceOwnerAccountKey
        self.image = image
        self.credentialEpoch = credentialEpoch
        self.instanceKey = instanceKey
        self.privileges = privileges
    }
}

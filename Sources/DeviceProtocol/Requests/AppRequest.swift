public import Values

/// What the backend wants of one app: the transition payload (app-lifecycle.md 1.3), decoded from a call or from a row of
/// the bulk sync. Free-form parts stay values, so that unknown keys inside them live on.
public struct AppRequest: Sendable, Equatable {
    /// Never 0.
    public var appKey: UInt64
    /// Safe as a path component (``AppName``).
    public var appName: String
    public var stage: Stage
    /// As requested, not normalised.
    public var target: AppState
    /// The backend's view; nil when it has none.
    public var currentState: AppState?
    /// 0 when unknown.
    public var requestorAccountKey: UInt64
    /// 0 when unknown.
    public var deviceOwnerAccountKey: UInt64
    public var instanceKey: UInt64?
    public var credentialEpoch: UInt64?
    public var releaseKey: UInt64
    public var newReleaseKey: UInt64
    /// The version to publish; in a sync row the present version.
    public var version: String
    public var presentVersion: String
    public var newestVersion: String
    public var requestUpdate: Bool
    public var cancelTransition: Bool
    /// Object name → `{ "value": … }`, or null. Its members are not checked here: a bad one makes the app FAILED when its
    /// environment is built (P15).
    public var environment: Value
    /// Object name → `{ "defaultValue": … }`, or null.
    public var environmentTemplate: Value
    /// List of port rules, or null.
    public var ports: Value
    /// Object, or null for a single-container app. The empty object already means compose (P38).
    public var dockerCompose: Value
    public var newDockerCompose: Value
    public var registryLogins: [RegistryLogin]
    /// A full image reference in place of the derived one: key `image`, ours.
    public var image: String?
    /// Nil for an app with all rights, as the reference makes them: key `privileges`, ours.
    public var privileges: ContainerPrivileges?

    public init(
        appKey: UInt64, appName: String, stage: Stage, target: AppState, currentState: AppState? = nil,
        requestorAccountKey: UInt64 = 0, deviceOwnerAccountKey: UInt64 = 0, instanceKey: UInt64? = nil,
        credentialEpoch: UInt64? = nil, releaseKey: UInt64 = 0, newReleaseKey: UInt64 = 0, version: String = "",
        presentVersion: String = "", newestVersion: String = "", requestUpdate: Bool = false,
        cancelTransition: Bool = false, environment: Value = .null, environmentTemplate: Value = .null,
        ports: Value = .null, dockerCompose: Value = .null, newDockerCompose: Value = .null,
        registryLogins: [RegistryLogin] = [], image: String? = nil, privileges: ContainerPrivileges? = nil
    ) {
        self.appKey = appKey
        self.appName = appName
        self.stage = stage
        self.target = target
        self.currentState = currentState
        self.requestorAccountKey = requestorAccountKey
        self.deviceOwnerAccountKey = deviceOwnerAccountKey
        self.instanceKey = instanceKey
        self.credentialEpoch = credentialEpoch
        self.releaseKey = releaseKey
        self.newReleaseKey = newReleaseKey
        self.version = version
        self.presentVersion = presentVersion
        self.newestVersion = newestVersion
        self.requestUpdate = requestUpdate
        self.cancelTransition = cancelTransition
        self.environment = environment
        self.environmentTemplate = environmentTemplate
        self.ports = ports
        self.dockerCompose = dockerCompose
        self.newDockerCompose = newDockerCompose
        self.registryLogins = registryLogins
        self.image = image
        self.privileges = privileges
    }

    /// Whether the app runs as a compose project.
    public var isCompose: Bool { !dockerCompose.isNull }
}

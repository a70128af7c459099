import DeviceProtocol

/// The names that follow from an app's identity (app-lifecycle.md 1.1).
public struct AppNames: Sendable, Equatable {
    private let id: AppID
    private let name: String

    public init(_ id: AppID, name: String) {
        self.id = id
        self.name = name
    }

    public init(_ app: InstalledApp) { self.init(app.id, name: app.name) }

    /// Container of a single-container app: `prod_6_myapp`.
    public var container: String { "\(id.stage.lowercased)_\(id.key)_\(name)".lowercased() }

    /// Log channel; compose apps use it too, although no container is called so.
    public var log: String { container }

    /// Compose project: `prod_6_myapp_compose`.
    public var composeProject: String { "\(container)_compose" }

    /// Log channel of a publish.
    public var publishLog: String { "pub_\(id.key)_\(name)".lowercased() }

    /// Image without registry: `prod_arm64_6_myapp`. `architecture` is CPU and variant, as in `armv7`.
    public func image(architecture: String) -> String {
        "\(id.stage.lowercased)_\(architecture)_\(id.key)_\(name)".lowercased()
    }
}

/// Where a device's images are: registry, repository and architecture.
public struct ImageNames: Sendable, Equatable {
    private let prefix: String
    private let architecture: String

    /// Registry and repository carry their own trailing slashes and are joined as they are (1.1).
    public init(registryURL: String, mainRepository: String, architecture: String) {
        prefix = registryURL + mainRepository
        self.architecture = architecture
    }

    public init(_ device: DeviceContext, _ platform: Platform) {
        self.init(
            registryURL: device.registryURL, mainRepository: device.mainRepository,
            architecture: platform.architecture + platform.variant)
    }

    /// The registry image name of the app's stage, without tag.
    public func repository(of app: AppNames) -> String {
        "\(prefix)\(app.image(architecture: architecture))".lowercased()
    }

    /// The image that an app runs: the reference that the backend gave, else the repository, for PROD with the version to
    /// run, which is also what is pulled when it is missing (P22). Nil when no version is known.
    public func reference(of app: InstalledApp, wanted: WantedApp) -> String? {
        if let image = wanted.image, !image.isEmpty { return image }
        if app.id.stage == .dev { return repository(of: AppNames(app)) }
        let version = Self.version(of: app, wanted: wanted)
        return version.isEmpty ? nil : "\(repository(of: AppNames(app))):\(version)"
    }

    /// The version that is run now: what the backend says is present, else what is installed, else the newest.
    public static func version(of app: InstalledApp, wanted: WantedApp) -> String {
        [wanted.presentVersion, app.version, wanted.newestVersion].first { !$0.isEmpty } ?? ""
    }
}

/// A plain container name taken apart.
public struct ContainerName: Sendable, Equatable {
    public var id: AppID
    /// Lower case, with every `_` of the app's name.
    public var appName: String

    /// Nil for every name that the agent does not give: the stage must be exactly `dev` or `prod` (P3).
    public init?(_ text: String) {
        let name = text.hasPrefix("/") ? text.dropFirst() : text[...]
        let parts = name.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[2].isEmpty, let key = UInt64(parts[1]), key != 0 else { return nil }
        switch parts[0] {
        case "dev": id = AppID(key: key, stage: .dev)
        case "prod": id = AppID(key: key, stage: .prod)
        default: return nil
        }
        appName = String(parts[2])
    }
}

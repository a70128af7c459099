public import AgentCore
import Synchronization
public import Values

/// A machine with the facts that a test gives it.
public final class ModelHost: HostFacts {
    private struct State {
        var hasGPU = false
        var directories: Set<String> = []
    }

    private let state = Mutex(State())

    public init() {}

    public func setGPU(_ hasGPU: Bool) { state.withLock { $0.hasGPU = hasGPU } }

    public func setDirectories(_ directories: Set<String>) { state.withLock { $0.directories = directories } }

    public func statistics() async -> Object { [:] }

    public func platform() async -> Platform { .model }

    public func addresses() async -> [InterfaceAddress] { [] }

    public func lanAddress() async -> String? { nil }

    public func hasGPU() async -> Bool { state.withLock { $0.hasGPU } }

    public func directoryExists(_ path: String) async -> Bool { state.withLock { $0.directories.contains(path) } }
}

extension Platform {
    /// What models run on.
    public static let model = Platform(description: "linux model 1", architecture: "amd64", variant: "")
}

/// A device context that tests may change.
public final class ModelContext: DeviceContextSource {
    private let value: Mutex<DeviceContext>

    public init(_ context: DeviceContext = .model) { value = Mutex(context) }

    public var context: DeviceContext { value.withLock { $0 } }

    public func set(_ context: DeviceContext) { value.withLock { $0 = context } }
}

extension DeviceContext {
    /// A device whose images are `registry.example/main/prod_amd64_<key>_<name>`.
    public static let model = DeviceContext(
        serialNumber: "S1", deviceKey: 3, swarmKey: 2, deviceName: "device", registryURL: "registry.example/",
        mainRepository: "main/", secret: "secret")
}

/// The same environment for every app: its name, its user's variables, and a credential if it was given one.
public struct ModelEnvironment: AppEnvironmentSource {
    public var credential: AppCredential?
    public var extra: [EnvironmentVariable]

    public init(credential: AppCredential? = nil, extra: [EnvironmentVariable] = []) {
        self.credential = credential
        self.extra = extra
    }

    public func environment(
        for app: InstalledApp, wanted: WantedApp, ports: PortVariables
    ) async throws(EnvironmentError) -> AppEnvironment {
        var variables = [EnvironmentVariable("APP_NAME", app.name)]
        guard let entries = wanted.environment.isNull ? [:] : wanted.environment.object else {
            throw EnvironmentError(.notADictionary, name: "environment")
        }
        for (name, entry) in entries {
            guard let entry = entry.object else { throw EnvironmentError(.malformedEntry, name: name) }
            variables.append(EnvironmentVariable(name, entry["value"]?.string ?? ""))
        }
        return AppEnvironment(variables: variables + extra + ports.remote + ports.device, credential: credential)
    }

    public func credential(for app: InstalledApp, wanted: WantedApp) async -> AppCredential? { credential }
}

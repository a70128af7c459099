import DeviceProtocol
import Values

/// Builds the variables of an app (app-lifecycle.md 3.1). Pure: everything it needs is handed in.
///
/// Order: defaults, the user's environment and the remote ports (PROD only), missing template defaults, the device's ports.
/// Docker uses the last of two equal names.
public struct EnvironmentBuilder: Sendable {
    /// Names that only the agent may set: the credential, and the device's secret, which no app may see any more.
    public static let reservedNames: Set<String> = ["APP_AUTH_ID", "APP_AUTH_SECRET", "DEVICE_SECRET"]

    public var device: DeviceContext
    /// nil when none was found.
    public var lanAddress: String?

    public init(device: DeviceContext, lanAddress: String?) {
        self.device = device
        self.lanAddress = lanAddress
    }

    /// The credential of an app on this device; nil when it cannot be derived.
    public func credential(of app: WantedApp) -> AppCredential? {
        .derive(
            deviceKey: device.credentialKey, serialNumber: device.serialNumber, app: app.id,
            epoch: app.credentialEpoch)
    }

    /// Builds the environment of a single-container app.
    ///
    /// - Throws: ``EnvironmentError`` for an environment that is no dictionary and for an entry that is not an object;
    ///   the app becomes FAILED (P15).
    public func build(
        for app: WantedApp, ports: PortVariables = PortVariables()
    ) throws(EnvironmentError) -> AppEnvironment {
        let credential = credential(of: app)
        var result = AppEnvironment(
            variables: defaults(of: app, credential: credential), credential: credential, warnings: [])
        if app.id.stage == .prod {
            for entry in try userEntries(of: app.environment) {
                append(entry, to: &result)
            }
            for entry in ports.remote { append(entry, to: &result) }
        }
        var names = Set(result.variables.map(\.name))
        for entry in templateEntries(of: app.environmentTemplate, warnings: &result.warnings)
        where app.id.stage == .dev || names.insert(entry.name).inserted {
            append(entry, to: &result)
        }
        result.variables += ports.device
        return result
    }

    // MARK: - Parts

    private func defaults(of app: WantedApp, credential: AppCredential?) -> [EnvironmentVariable] {
        var variables = [
            EnvironmentVariable("DEVICE_SERIAL_NUMBER", device.serialNumber),
            EnvironmentVariable("ENV", app.id.stage.rawValue),
            EnvironmentVariable("DEVICE_KEY", String(device.deviceKey)),
            EnvironmentVariable("SWARM_KEY", String(device.swarmKey)),
            EnvironmentVariable("APP_KEY", String(app.id.key)),
            EnvironmentVariable("APP_NAME", app.name),
            EnvironmentVariable("DEVICE_NAME", device.deviceName),
            EnvironmentVariable(
                "DEVICE_ENDPOINT_URL", EndpointAddress.reachableFromContainer(device.endpointURL)),
            EnvironmentVariable("TUNNEL_DOMAIN", tunnelDomain),
        ]
        func append(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            variables.append(EnvironmentVariable(name, value))
        }
        append("APP_AUTH_ID", credential?.authID)
        append("APP_AUTH_SECRET", credential?.secret)
        append("DEVICE_LAN_IP", lanAddress)
        append("INSTANCE_KEY", app.instanceKey.flatMap { $0 > 0 ? String($0) : nil })
        append("RESWARM_URL", device.platformURL)
        append("DEVICE_URL", device.platformURL.flatMap { $0.isEmpty ? nil : deviceURL(base: $0) })
        return variables
    }

    private var tunnelDomain: String {
        if !device.applianceDomain.isEmpty { return device.applianceDomain }
        return switch device.environment {
        case "test": "app.ironflock.dev"
        case "local": "localhost"
        default: "app.ironflock.com"
        }
    }

    private func deviceURL(base: String) -> String {
        "\(base)/\(device.ownerName)/swarms/\(device.swarmName)/settings/devices/\(device.deviceName)"
    }

    /// The user's entries, nulls left out (P35).
    private func userEntries(of environment: Value) throws(EnvironmentError) -> [EnvironmentVariable] {
        guard !environment.isNull else { return [] }
        guard let object = environment.object else { throw EnvironmentError(.notADictionary, name: "environment") }
        var variables: [EnvironmentVariable] = []
        for (name, entry) in object where !entry.isNull {
            guard let entry = entry.object else { throw EnvironmentError(.malformedEntry, name: name) }
            guard let text = EnvironmentText.render(entry["value"] ?? .null) else { continue }
            variables.append(EnvironmentVariable(name, text))
        }
        return variables
    }

    /// Defaults are only an offer: a malformed one is left out with a warning.
    private func templateEntries(of template: Value, warnings: inout [String]) -> [EnvironmentVariable] {
        var variables: [EnvironmentVariable] = []
        for (name, entry) in template.object ?? [:] where !entry.isNull {
            guard let entry = entry.object else {
                warnings.append("The default of the environment variable \(name) cannot be read and was ignored")
                continue
            }
            guard let text = EnvironmentText.render(entry["defaultValue"] ?? .null) else { continue }
            variables.append(EnvironmentVariable(name, text))
        }
        return variables
    }

    private func append(_ variable: EnvironmentVariable, to result: inout AppEnvironment) {
        if Self.reservedNames.contains(variable.name) {
            result.warnings.append("The environment variable \(variable.name) is set by the agent and was ignored")
        } else if !isUsable(variable) {
            result.warnings.append("The environment variable '\(variable.name)' cannot be set and was ignored")
        } else {
            result.variables.append(variable)
        }
    }

    /// A name with `=` would become another variable, and NUL ends a C string.
    private func isUsable(_ variable: EnvironmentVariable) -> Bool {
        let name = variable.name.utf8
        return !name.isEmpty && !name.contains(UInt8(ascii: "=")) && !name.contains(0)
            && !variable.value.utf8.contains(0)
    }
}

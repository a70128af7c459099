/// What apps and reports need to know of the device: derived from the identity file and the backend's answers.
/// A value: it is replaced as a whole when the backend renames or moves the device.
public struct DeviceContext: Sendable, Equatable {
    public var serialNumber: String
    public var deviceKey: UInt64
    public var swarmKey: UInt64
    public var deviceName: String
    public var swarmName: String
    public var ownerName: String
    /// `production`, `test`, `local`; empty when the file has none.
    public var environment: String
    public var endpointURL: String
    /// Registry host with its trailing slash.
    public var registryURL: String
    /// Repository with its trailing slash.
    public var mainRepository: String
    public var applianceDomain: String
    /// Platform base URL, learned from the status reply and remembered (P60); nil when unknown.
    public var platformURL: String?
    /// Device key of the app credentials (app-lifecycle.md 3.2); empty when unknown.
    public var credentialKey: String
    /// Password of the registry and of the router; never logged.
    public var secret: String

    public init(
        serialNumber: String, deviceKey: UInt64, swarmKey: UInt64, deviceName: String = "", swarmName: String = "",
        ownerName: String = "", environment: String = "", endpointURL: String = "", registryURL: String = "",
        mainRepository: String = "", applianceDomain: String = "", platformURL: String? = nil,
        credentialKey: String = "", secret: String = ""
    ) {
        self.serialNumber = serialNumber
        self.deviceKey = deviceKey
        self.swarmKey = swarmKey
        self.deviceName = deviceName
        self.swarmName = swarmName
        self.ownerName = ownerName
        self.environment = environment
        self.endpointURL = endpointURL
        self.registryURL = registryURL
        self.mainRepository = mainRepository
        self.applianceDomain = applianceDomain
        self.platformURL = platformURL
        self.credentialKey = credentialKey
        self.secret = secret
    }
}

/// Where the current context is read; changed by the link when the backend tells news.
public protocol DeviceContextSource: Sendable {
    var context: DeviceContext { get }
}

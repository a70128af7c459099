public import DeviceProtocol

/// Who the device is towards the router; kept by the runtime, which owns the identity file.
public protocol LinkIdentity: Sendable {
    /// What to join with, asked anew for every attempt (system.md 8.5). A file that somebody changed meanwhile is taken
    /// over, unless it cannot be used.
    func credentials() async -> LinkCredentials

    /// Takes over what the backend says of the device and saves it when it changed. Returns true when the device moved
    /// to another project, so that its router identity is another one (0.2 step 1).
    func apply(_ metadata: DeviceMetadata) async -> Bool

    /// Remembers the key of the app credentials; never written to the identity file.
    func useCredentialKey(_ key: String) async

    /// Remembers the platform's base URL (P60).
    func usePlatformURL(_ url: String) async

    /// After a refused authentication: reads the file again if somebody changed it. True when it did.
    func reloadIfChanged() async -> Bool

    /// While connected: says once when somebody changed the file. It is used at the next connect.
    func noticeChange() async
}

public struct LinkCredentials: Sendable, Equatable, CustomStringConvertible {
    public var url: String
    public var authID: String
    /// Never logged.
    public var secret: String

    public init(url: String, authID: String, secret: String) {
        self.url = url
        self.authID = authID
        self.secret = secret
    }

    public var description: String { "\(authID) at \(url)" }
}

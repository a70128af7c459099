/// One entry of `docker_credentials`. Never stored, never logged.
public struct RegistryLogin: Sendable, Equatable, CustomStringConvertible {
    public var registry: String
    public var username: String
    public var password: String

    public init(registry: String, username: String, password: String) {
        self.registry = registry
        self.username = username
        self.password = password
    }

    public var description: String { "login for \(registry)" }
}

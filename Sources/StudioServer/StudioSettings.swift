/// What a studio is told when it starts.
public struct StudioSettings: Sendable, Equatable {
    /// Router URL that the studio itself joins as `system`.
    public var routerURL: String
    /// Router URL that goes into identity files.
    public var deviceURL: String
    public var realm: String
    /// Project number; the first half of every device's router identity.
    public var swarmKey: UInt64
    public var swarmName: String
    public var ownerName: String

    public init(
        routerURL: String, deviceURL: String, realm: String = "realm1", swarmKey: UInt64 = 1,
        swarmName: String = "default", ownerName: String = "owner"
    ) {
        self.routerURL = routerURL
        self.deviceURL = deviceURL
        self.realm = realm
        self.swarmKey = swarmKey
        self.swarmName = swarmName
        self.ownerName = ownerName
    }
}

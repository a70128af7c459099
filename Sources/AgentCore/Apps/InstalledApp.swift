public import DeviceProtocol

/// What is on the device: one row of `AppStates` with what the agent remembers about it (app-lifecycle.md 1.2, 1.6).
public struct InstalledApp: Sendable, Equatable {
    public var id: AppID
    public var name: String
    /// The installed version; empty when none is known.
    public var version: String
    public var releaseKey: UInt64
    public var state: AppState
    public var requestorAccountKey: UInt64
    /// `request_update` as it was when the record was created; goes out in every report (2.10).
    public var requestUpdate: Bool
    public var releaseBuild: Bool
    public var updateStatus: UpdateStatus

    public init(
        id: AppID, name: String, version: String = "", releaseKey: UInt64 = 0, state: AppState = .removed,
        requestorAccountKey: UInt64 = 0, requestUpdate: Bool = false, releaseBuild: Bool = false,
        updateStatus: UpdateStatus = .none
    ) {
        self.id = id
        self.name = name
        self.version = version
        self.releaseKey = releaseKey
        self.state = state
        self.requestorAccountKey = requestorAccountKey
        self.requestUpdate = requestUpdate
        self.releaseBuild = releaseBuild
        self.updateStatus = updateStatus
    }
}
